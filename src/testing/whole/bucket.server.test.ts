// Tests real processes with a bucket for finished audio. Even if a worker dies during the upload,
// the audio is stored in one object, with the same bytes as in the stream that listeners read.
import { expect, test } from "bun:test";
import { startGcsServer } from "../servers/gcs/gcs-server.ts";
import { createRondoClient } from "./processes/rondo-client.ts";
import { startRondo } from "./processes/rondo-processes.ts";
import { until } from "../until.ts";

test("if a worker is killed during an upload to a bucket, another worker finishes the upload", async () => {
  await using server = startGcsServer();
  await using rondo = await startRondo({ RONDO_OBJECTS_URL: server.url });
  const client = await createRondoClient(rondo.url);
  let tries = 0;
  server.fault = ({ kind }) => (kind === "put" && ++tries > 0 ? { status: 503 } : undefined);
  const started = await client.start({ prompt: "slow piano", durationSeconds: 10, seed: 7 });
  expect(await client.untilEnded(started)).toMatchObject({ state: "complete" });
  await until("the upload has begun", () => tries > 0, 15_000);
  await rondo.killWorker();
  expect(server.bucket.objects.size).toBe(0);
  server.fault = undefined;
  await rondo.startWorker();
  await until("the object is stored", () => server.bucket.objects.size === 1, 30_000);

  const heard = await fetch(new URL(started.links.chunks, rondo.url), { headers: client.headers });
  const [[name, object] = []] = [...server.bucket.objects];
  expect(name).toEndWith(`/versions/${started.versionId}/audio.mp3`);
  expect(object?.contentType).toBe("audio/mpeg");
  expect(object?.bytes.length).toBeGreaterThan(150_000);
  const bytes = new Uint8Array(await heard.arrayBuffer());
  expect(bytes.length).toBeGreaterThan(0);
  expect(object?.bytes.subarray(0, bytes.length)).toEqual(bytes);
}, 90_000);
