// Tests that an endless piece continues with the same sound after a kill of its worker, that the length of a stopped
// piece is stored correctly, and that the user can then start another endless piece.
import { expect, test } from "bun:test";
import { createBuiltinGenerator } from "../../ports/generator/builtin/generator.ts";
import { until } from "../until.ts";
import { createRondoClient, readByOffset } from "./processes/rondo-client.ts";
import { startRondo } from "./processes/rondo-processes.ts";
import { noSignal } from "../studio.ts";

const prompt = "calm piano with strings";
const seed = 4;

/** Returns the first `count` bytes of the piece, made by the composer without an interruption. */
async function composedBytes(count: number): Promise<Uint8Array> {
  const generator = createBuiltinGenerator();
  const ids = { requestId: "r", versionId: "v", businessId: "b", owner: "o", userId: "u" };
  const request = { ...ids, prompt, seed, durationSeconds: 3_600, options: { endless: true as const } };
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const { bytes } of (await generator.start(request, noSignal)).chunks) {
    parts.push(bytes);
    size += bytes.length;
    if (size >= count) break;
  }
  await generator.close();
  return Buffer.concat(parts).subarray(0, count);
}

test("an endless piece continues with the same bytes after a kill of its worker", async () => {
  await using rondo = await startRondo();
  const client = await createRondoClient(rondo.url);
  const piece = await client.start({ prompt, seed, durationSeconds: "endless" });
  const generatedMs = async (): Promise<number> => Number((await client.state(piece)).generatedMs);
  const past = (ms: number) => until(`${ms} ms are made`, async () => (await generatedMs()) > ms, 90_000);
  const heard = readByOffset(piece.links.chunks, client.headers, { limitMs: 280_000 });

  for (const atMs of [3_000, 61_000]) {
    await past(atMs);
    await rondo.killWorker();
    const before = await generatedMs();
    await rondo.startWorker();
    await past(before + 2_000);
    expect((await client.state(piece)).state).toBe("running");
  }

  const res = await fetch(piece.links.self, { method: "DELETE", headers: client.headers });
  expect(res.status).toBe(200);
  const { bytes } = await heard;
  expect(Buffer.compare(bytes, await composedBytes(bytes.length))).toBe(0);
  const ended = await client.state(piece);
  // One second of the MP3 has 16,000 bytes.
  expect(Math.abs(Number(ended.generatedMs) - bytes.length / 16)).toBeLessThan(100);
  const again = await client.start({ prompt, durationSeconds: "endless" });
  expect(again.requestId).not.toBe(piece.requestId);
}, 300_000);
