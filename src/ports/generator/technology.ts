// Defines the record by which a technology for a generator declares itself, and the options with which it is opened.
import type { Technology } from "../technology.ts";
import type { AudioIntake } from "./audio-intake.ts";
import type { GenerationRequest, Generator } from "./generator.ts";
import type { Dial } from "../dial-public.ts";

export interface OpenGeneratorOptions {
  /** Whether everything that the making of music needs is loaded at once; false in a process that only changes plans. */
  readonly isWarm: boolean;
  /** The generator's thread starts with the first use. */
  readonly intake: AudioIntake;
  /** The key of a hosted generator (RONDO_GENERATOR_KEY). Secret: it appears in no log and no error. */
  readonly key?: string;
  /** Signs the calls to a generator of the operator's own (RONDO_GENERATOR_SECRET). Secret. */
  readonly secret?: string;
  /** Finds the address to connect to if a business brought the generator's address; undefined for the operator's address, which is trusted. */
  readonly dial?: Dial;
  /** Undefined if a generator can't store chunks itself. */
  readonly deliveries?: ChunkDeliveries;
  /** The longest wait for the first chunk, in milliseconds. */
  readonly firstChunkMs: number;
  /** The longest wait between two chunks, in milliseconds. */
  readonly stallMs: number;
}

/** The place in which a generator stores chunks itself, and the function that follows them. */
export interface ChunkDeliveries {
  /**
   * The address at which chunks are appended, and a token for this generation's two streams. Absent if no address of
   * Rondo is known.
   */
  stream?(request: GenerationRequest): { readonly url: string; readonly token: string };
  /** Absent if chunks are not stored in MongoDB. `url` is set if the business has a credential of its own. */
  mongodb?(request: GenerationRequest): Promise<MongodbDelivery>;
  /**
   * The bytes of the version's audio as they are stored, from its beginning to its end. Throws GENERATION_FAILED with the
   * generator's reason if the generator gave up, STREAM_CLOSED if the generation was cancelled, NOT_FOUND if it was deleted.
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
