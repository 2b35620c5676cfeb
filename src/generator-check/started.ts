// Follows a requested generation: the answer to the request, the audio while it arrives, and the end of the audio.
import type { FarSide } from "./far-side.ts";
import { expectThat, Mismatch, shown } from "./mismatch.ts";
import type { Prepared } from "./prepare.ts";
import { waitUntil } from "./wait.ts";

export interface Started extends Prepared {
  readonly requestId: string;
  readonly answer: Response;
  /**
   * If the audio is delivered in the body: the content type of the body, or "" if the answer has none. Otherwise
   * "audio/mpeg".
   */
  readonly contentType: string;
  /**
   * Throws Mismatch if the status of the answer is not 200 (delivery in the body) or 202 (other
   * deliveries).
   */
  expectAccepted(): void;
  /**
   * Waits for the whole audio. Throws Mismatch if the audio has no end:
   * - In the body: the body breaks off, for example at the time limit of the call.
   * - In a stream or in MongoDB: the end is not stored within `timeoutMs`.
   */
  audio(): Promise<Uint8Array>;
  /** Waits for the first bytes. Throws Mismatch if no bytes arrive within `timeoutMs`. */
  firstBytes(): Promise<void>;
  /**
   * Reads the body of the answer, also if it contains no audio, until the body ends or breaks off.
   * `isWhole` is false if the body broke off.
   */
  drain(): Promise<{ readonly bytes: number; readonly isWhole: boolean }>;
  /** Sends DELETE and returns the answer. */
  cancel(): Promise<Response>;
}

interface StartedOptions {
  readonly far: FarSide;
  readonly timeoutMs: number;
  /** Called by `audio()` when the whole audio has arrived. */
  readonly onEnd: () => void;
}

export function startedOf(
  prepared: Prepared,
  answer: Response,
  { far, timeoutMs, onEnd }: StartedOptions,
): Started {
  const { requestId } = prepared.body;
  const { delivery, stream, documents } = prepared;
  const parts: Uint8Array[] = [];
  let reading: Promise<boolean> | undefined;
  /** Reads the body. All calls share one reading. Returns false if the body broke off. */
  const read = (): Promise<boolean> => (reading ??= readInto(parts, answer));
  const bytesRead = (): number => parts.reduce((sum, part) => sum + part.length, 0);
  const isEnded = async (): Promise<boolean> => {
    if (stream) return stream.isClosed;
    return (await documents?.documents())?.at(-1)?.end === true;
  };
  return {
    ...prepared,
    requestId,
    answer,
    contentType: delivery === "body" ? (answer.headers.get("content-type") ?? "") : "audio/mpeg",
    expectAccepted() {
      const status = delivery === "body" ? 200 : 202;
      expectThat(answer.status === status, `the status ${status}`, `${answer.status}`);
    },
    async audio() {
      if (delivery === "body") {
        const isWhole = await read();
        expectThat(isWhole, "a body with an end", () => `a body that broke off after ${bytesRead()} bytes`);
        onEnd();
        return new Uint8Array(Buffer.concat(parts));
      }
      const hasEnded = await waitUntil(isEnded, timeoutMs);
      expectThat(hasEnded, `the end of the audio within ${timeoutMs / 1000} s`, "no end");
      onEnd();
      if (stream) return stream.audio;
      const data = ((await documents?.documents()) ?? []).map((one) => one.data);
      return new Uint8Array(Buffer.concat(data.filter((one) => one instanceof Uint8Array)));
    },
    async firstBytes() {
      if (delivery === "body") void read();
      const hasBegun = async (): Promise<boolean> => {
        if (delivery === "body") return bytesRead() > 0;
        return stream ? stream.appends.length > 0 : ((await documents?.documents()) ?? []).length > 0;
      };
      const begun = await waitUntil(hasBegun, timeoutMs);
      expectThat(begun, `the first bytes within ${timeoutMs / 1000} s`, "none");
    },
    async drain() {
      return { isWhole: await read(), bytes: bytesRead() };
    },
    cancel: () => cancelGeneration(far, requestId),
  };
}

async function readInto(parts: Uint8Array[], { body }: Response): Promise<boolean> {
  if (body === null) return true;
  try {
    for await (const part of body) parts.push(part);
    return true;
  } catch {
    return false;
  }
}

export const cancelGeneration = (far: FarSide, requestId: string): Promise<Response> =>
  far.call("DELETE", `/generate/${encodeURIComponent(requestId)}`);

/**
 * Expects a refusal whose status is one of `statuses`, and whose JSON body has a text in each of `code`, `message` and
 * `hint`. Throws Mismatch otherwise.
 */
export async function expectProblem(answer: Response, statuses: readonly number[]): Promise<void> {
  expectThat(
    statuses.includes(answer.status),
    `the status ${statuses.join(" or ")}`,
    `${answer.status}${answer.status === 200 ? " with audio" : ""}`,
  );
  const text = await answer.text();
  const problem = parsed(text);
  for (const key of ["code", "message", "hint"]) {
    const value = problem?.[key];
    if (typeof value !== "string" || value.trim() === "")
      throw new Mismatch(`{code, message, hint} with a text in ${key}`, shown(text) || "an empty body");
  }
}

/** Returns the object or array that the JSON text contains; undefined for any other JSON value or text. */
export function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
