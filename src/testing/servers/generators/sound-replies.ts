// Makes the replies of a generator that works correctly, or that has one fault (`soundFaults`). The stand-ins for all
// HTTP generators use these replies.
import type { FarReply, FarRequest } from "./far-side.ts";

export interface Sound {
  readonly contentType: string;
  /** The bytes of 12 seconds of sound. */
  readonly bytes: Uint8Array;
  /** A complete file of 4 seconds. */
  readonly short: Uint8Array;
  readonly silence: Uint8Array;
  /** Sound in a format that differs from `contentType`. */
  readonly other: Uint8Array;
}

const soundFaults = [
  "none",
  "sends single bytes",
  "slow first byte",
  "never answers",
  "stalls",
  "dies between chunks",
  "ends within a frame",
  "sends a shorter piece",
  "sends sound without end",
  "keeps the connection open at the end",
  "garbage",
  "silence",
  "another format than it says",
  "200 with an error in JSON",
  "200 with an HTML page",
  "empty",
  "500",
  "key refused",
  "plan doesn't allow it",
  "out of quota",
  "prompt refused",
  "busy twice",
  "always busy",
  "redirect to an inner address",
] as const;

export type SoundFault = (typeof soundFaults)[number];

/** `at` is the number of earlier requests. Only the fault "busy twice" depends on this number. */
export function soundReply(
  fault: SoundFault,
  sound: Sound,
  { gone }: FarRequest,
  at: number,
): FarReply | Promise<FarReply> {
  const { bytes, contentType } = sound;
  const headers = { "content-type": contentType };
  const whole = (body: FarReply["body"]): FarReply => ({ headers, ...(body === undefined ? {} : { body }) });
  const part = bytes.subarray(0, Math.floor(bytes.length / 3));
  switch (fault) {
    case "none":
      return whole(inParts(bytes));
    case "sends single bytes":
      return whole(inParts(bytes.subarray(0, 4_000), 1, bytes.subarray(4_000)));
    case "slow first byte":
      return whole(after(300, bytes));
    case "never answers":
      return untilGone(gone).then(() => whole(""));
    case "stalls":
      return whole(thenWait(part, gone));
    case "dies between chunks":
      return whole(thenThrow(part));
    case "ends within a frame":
      return whole(bytes.subarray(0, part.length + 100));
    case "sends a shorter piece":
      return whole(sound.short);
    case "sends sound without end":
      return whole(endless(bytes, gone));
    case "keeps the connection open at the end":
      return whole(thenWait(bytes, gone));
    case "garbage":
      return whole(Uint8Array.from({ length: 50_000 }, (_, i) => (i * 7919) & 0x7f));
    case "silence":
      return whole(sound.silence);
    case "another format than it says":
      return whole(sound.other);
    case "200 with an error in JSON":
      return {
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ error: { message: "The model isn't loaded" } }),
      };
    case "200 with an HTML page":
      return { headers: { "content-type": "text/html" }, body: "<!doctype html><title>Welcome</title>" };
    case "empty":
      return whole("");
    case "500":
      return failed(500, "internal_server_error", "Traceback");
    case "key refused":
      return failed(401, "invalid_api_key", "Invalid API key");
    case "plan doesn't allow it":
      return failed(403, "missing_permissions", "Music needs a paid plan");
    case "out of quota":
      return failed(401, "quota_exceeded", "You have 0 credits remaining");
    case "prompt refused":
      return {
        status: 422,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          detail: {
            status: "bad_prompt",
            message: "The prompt names an artist",
            data: { prompt_suggestion: "A calm piano" },
          },
        }),
      };
    case "busy twice":
      return at < 2 ? { ...failed(429, "system_busy", "Busy"), headers: busy } : whole(bytes);
    case "always busy":
      return { ...failed(429, "too_many_concurrent_requests", "Busy"), headers: busy };
    case "redirect to an inner address":
      return { status: 302, headers: { location: "http://127.0.0.1:9/latest/meta-data" } };
  }
}

const busy = { "content-type": "application/json", "retry-after": "0.05" };

const failed = (status: number, code: string, message: string): FarReply => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ detail: { status: code, message } }),
});

const untilGone = (gone: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (gone.aborted) resolve();
    gone.addEventListener("abort", () => resolve(), { once: true });
  });

async function* inParts(bytes: Uint8Array, size = 16_000, rest: Uint8Array = new Uint8Array(0)) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  yield rest;
}

async function* after(ms: number, bytes: Uint8Array) {
  await Bun.sleep(ms);
  yield bytes;
}

async function* thenWait(bytes: Uint8Array, gone: AbortSignal) {
  yield bytes;
  await untilGone(gone);
}

async function* thenThrow(bytes: Uint8Array) {
  yield bytes;
  // The pause ensures that the bytes are sent before the connection is cut.
  await Bun.sleep(50);
  throw new Error("cut");
}

async function* endless(bytes: Uint8Array, gone: AbortSignal) {
  while (!gone.aborted) {
    yield bytes;
    await Bun.sleep(0);
  }
}
