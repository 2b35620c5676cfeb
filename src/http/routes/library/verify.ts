// Serves /v1/verify, which checks whether this installation of Rondo made a file and whether the
// file is unchanged. No credential is needed, and nothing is stored.
import { Hono } from "hono";
import { AppError } from "../../../errors.ts";
import type { FindPublicKey } from "../../../library/files/formats/signature/signature.ts";
import type { Verdict } from "../../../library/files/formats/signature/verify-file.ts";
import type { LibraryThreads } from "../../../library/files/threads/library-threads.ts";
import { createTurns } from "../../../process/turns.ts";
import { addressOf } from "../../middleware/address.ts";
import type { HttpEnv } from "../../wire.ts";

export interface VerifyRoutesDeps {
  readonly findPublicKey: FindPublicKey;
  readonly threads: Pick<LibraryThreads, "run">;
  readonly trustedProxies: number;
}

/** The maximum size of a file in bytes, enough for ten minutes of music as a WAV file with tags. */
const verifiedBytesMax = 112 * 1024 * 1024;

export function verifyRoutes({ findPublicKey: findKey, threads, trustedProxies }: VerifyRoutesDeps) {
  const turns = createTurns({
    what: "files are being checked",
    runningMax: 32,
    waitingMax: 0,
    perCallerMax: 4,
  });
  return new Hono<HttpEnv>().post("/", async (c) => {
    const { body, signal } = c.req.raw;
    if (!body) throw new AppError("INVALID_BODY", "The body must be the file itself.");
    const end = await turns.take(addressOf(c, trustedProxies) ?? "", signal);
    try {
      const read = () => atMost(body, verifiedBytesMax);
      return c.json((await threads.run({ kind: "verify" }, { read, findKey }, signal)) as Verdict);
    } finally {
      end();
    }
  });
}

async function* atMost(body: ReadableStream<Uint8Array>, bytesMax: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new AppError("BODY_TOO_LARGE", `The file is larger than ${bytesMax} bytes.`);
    yield chunk;
  }
}
