// /v1/verify: says of a file whether it was made here, and is as it was made. For anyone, and keeps nothing.
import { Hono } from "hono";
import { AppError } from "../../errors.ts";
import type { FindPublicKey } from "../../library/formats/signature.ts";
import { verifyFile } from "../../library/formats/verify-file.ts";
import type { HttpEnv } from "../wire.ts";

export interface VerifyRoutesDeps {
  readonly findPublicKey: FindPublicKey;
}

/** Ten minutes as WAV, with room for tags. */
export const verifiedBytesMax = 112 * 1024 * 1024;

export function verifyRoutes({ findPublicKey }: VerifyRoutesDeps) {
  return new Hono<HttpEnv>().post("/", async (c) => {
    const { body } = c.req.raw;
    if (!body) throw new AppError("INVALID_BODY", "The body has to be the file.");
    return c.json(await verifyFile(atMost(body, verifiedBytesMax), findPublicKey));
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
