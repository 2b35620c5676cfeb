// Defines the record by which a generator technology declares itself, and the options for opening it.
import type { Technology } from "../technology.ts";
import type { AudioIntake } from "./audio-intake.ts";
import type { GenerationRequest, Generator } from "./generator.ts";
import type { Dial } from "../dial-public.ts";

export interface OpenGeneratorOptions {
  /**
   * If true, everything that is needed for generating is loaded immediately. The API sets `isWarm` to
   * false, because the API generates nothing itself.
   */
  readonly isWarm: boolean;
  /** Converts the audio of generators. The conversion thread starts at the first use. */
  readonly intake: AudioIntake;
  /**
   * The key of a hosted generator: RONDO_GENERATOR_KEY, or the key that the business supplied. The
   * key is secret and must not appear in a log or an error.
   */
  readonly key?: string;
  /**
   * The secret that signs the calls to a generator that speaks Rondo's own protocol:
   * RONDO_GENERATOR_SECRET, or the key that the business supplied.
   */
  readonly secret?: string;
  /**
   * Finds the IP address of a generator whose address a business supplied, and refuses addresses of inner networks.
   * Undefined if the operator supplied the address, because such an address is trusted.
   */
  readonly dial?: Dial;
  /** Undefined if generators can't store chunks themselves. */
  readonly deliveries?: ChunkDeliveries;
  /** The longest wait for the first chunk, in milliseconds. */
  readonly firstChunkMs: number;
  /** The longest wait between two chunks, in milliseconds. */
  readonly stallMs: number;
}

/** The ways in which a generator can store chunks itself, and the function that follows the stored chunks. */
export interface ChunkDeliveries {
  /**
   * Returns the URL to which the generator appends chunks, and a token for the audio and the events of this generation.
   * This method is missing if Rondo's own address is not known.
   */
  stream?(request: GenerationRequest): { readonly url: string; readonly token: string };
  /**
   * Returns the database and the stream in MongoDB to which the generator writes the chunks. This method is missing if
   * Rondo's chunks are not stored in MongoDB. `url` is set if the business has its own credentials for MongoDB.
   */
  mongodb?(request: GenerationRequest): Promise<MongodbDelivery>;
  /**
   * Yields the stored bytes of the version's audio from its beginning to its end. Errors:
   * - GENERATION_FAILED, with the generator's reason, if the generator gave up
   * - STREAM_CLOSED if the audio has ended and the generation is not running (for example, it was cancelled)
   * - NOT_FOUND if the version was deleted
   * - the reason of `signal` after an abort
   */
  follow(request: GenerationRequest, signal: AbortSignal): AsyncIterable<Uint8Array>;
}

interface MongodbDelivery {
  readonly database: string;
  /** The `_id` of the stream's document. */
  readonly stream: string;
  readonly url?: string;
}

export type GeneratorTechnology = Technology<OpenGeneratorOptions, Generator>;
