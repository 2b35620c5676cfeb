// Builds the request to a generator from the row of a generation. If the generation makes a new version from a parent
// version and an instruction, the request contains the parent version and the instruction.
import type { GenerationRequest, ParentVersion } from "../../ports/generator/generator.ts";
import type { Claimed } from "../generation-record.ts";
import { parseStoredOptions } from "../stored-options.ts";

/**
 * Returns a link to a version's audio that is valid for an hour and needs no credentials. Returns undefined if Rondo's
 * own address is not known.
 */
export type AudioUrlOf = (businessId: string, versionId: string) => Promise<string | undefined>;

export interface GenerationRequestInput {
  readonly businessId: string;
  /**
   * The `owner` of the request. If the generations of several owners wait for a generator, the owners
   * take turns. For a guest, the owner is the hash of the guest's IP address. If `owner` is undefined,
   * the id of the user is used.
   */
  readonly owner?: string | undefined;
}

/**
 * Returns the deadline of a generation: half an hour after `nowMs`, plus ten seconds for each
 * second of audio. This should be enough even for a slow model with a queue.
 */
export const deadlineOf = (durationSeconds: number, nowMs = Date.now()): Date =>
  new Date(nowMs + 1_800_000 + durationSeconds * 10_000);

export async function generationRequestOf(
  claimed: Claimed,
  { businessId, owner }: GenerationRequestInput,
  audioUrlOf: AudioUrlOf | undefined,
): Promise<GenerationRequest> {
  const options = parseStoredOptions(claimed.options);
  const parent = await parentOf(claimed, businessId, audioUrlOf);
  return {
    requestId: claimed.id,
    businessId,
    owner: owner ?? claimed.userId,
    userId: claimed.userId,
    versionId: claimed.versionId,
    prompt: claimed.prompt,
    seed: Number(claimed.seed),
    durationSeconds: claimed.durationSeconds,
    deadline: deadlineOf(claimed.durationSeconds),
    ...(claimed.spec === null ? {} : { spec: parsed(claimed.spec) }),
    ...(options === null ? {} : { options }),
    ...(parent === undefined ? {} : { parent }),
  };
}

async function parentOf(
  { parentId, parentSpec, instruction }: Claimed,
  businessId: string,
  audioUrlOf: AudioUrlOf | undefined,
): Promise<ParentVersion | undefined> {
  if (parentId === null || instruction === null) return undefined;
  const audioUrl = await audioUrlOf?.(businessId, parentId);
  return {
    versionId: parentId,
    instruction,
    ...(audioUrl === undefined ? {} : { audioUrl }),
    ...(parentSpec === null ? {} : { spec: parsed(parentSpec) }),
  };
}

/** SQLite returns a JSON column as text, and Postgres as a parsed value. */
const parsed = (json: unknown): unknown => (typeof json === "string" ? JSON.parse(json) : json);
