// Writes and reads the offsets of the Durable Streams protocol. An offset contains a position and the id of the
// stream in one sortable token.
import { AppError } from "../../errors.ts";
import type { StreamState } from "../../ports/chunk-store/chunk-store.ts";

const digits = 16;
/** Clients of the protocol's reference server send this stream id, with position 0, for the beginning of any stream. */
const anyStream = "0".repeat(digits);

export const formatOffset = (position: number, streamId: string): string =>
  `${String(position).padStart(digits, "0")}_${streamId}`;

/**
 * Returns the position of an offset in a stream. These offsets are valid:
 * - an offset of this stream;
 * - if this stream is a fork: an offset of one of its ancestors (see `StreamState`), up to the position `until` of this
 *   ancestor;
 * - `-1` and position 0 of `anyStream`, which mean the beginning, and `now`, which means the end.
 *
 * Throws INVALID_OFFSET for any other string, and for a position beyond the end of the stream.
 */
export function parseOffset(offset: string, state: StreamState): number {
  if (offset === "-1") return 0;
  if (offset === "now") return state.tail;
  const [, positionText = "", streamId = ""] = /^(\d{16})_([0-9a-z]{1,64})$/.exec(offset) ?? [];
  const position = Number(positionText);
  if (positionText === "" || !Number.isSafeInteger(position)) {
    throw invalid("This is not an offset.");
  }
  if (!belongs(position, streamId, state)) throw invalid("The offset belongs to another stream.");
  if (position > state.tail) throw invalid("The offset is beyond the end of the stream.");
  return position;
}

const belongs = (position: number, streamId: string, { id, ancestors }: StreamState): boolean =>
  streamId === id ||
  (position === 0 && streamId === anyStream) ||
  ancestors.some((ancestor) => ancestor.id === streamId && position <= ancestor.until);

export const invalid = (message: string): AppError =>
  new AppError("INVALID_OFFSET", message, {
    hint: "Use a value of Stream-Next-Offset unchanged, or start with -1 (everything) or now (only new data).",
  });
