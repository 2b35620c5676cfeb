// Tests the responses to players when an API shuts down for a deployment: an incomplete response never looks complete,
// and no response is delayed needlessly.
import { expect, test } from "bun:test";
import { createRondoClient } from "../processes/rondo-client.ts";
import { startRondo } from "../processes/rondo-processes.ts";
import { until } from "../../until.ts";

test("on SIGTERM, no incomplete audio looks complete, and no response delays the shutdown", async () => {
  await using rondo = await startRondo();
  const client = await createRondoClient(rondo.url);
  const growing = await client.start({ prompt: "calm piano", durationSeconds: 600, seed: 1 });
  const answers = await Promise.all([
    fetch(growing.links.audio),
    fetch(growing.links.audio, { headers: { range: "bytes=0-" } }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 206]);
  const events = await fetch(`${growing.links.events}?offset=-1&live=sse`, { headers: client.headers });
  expect(events.status).toBe(200);
  await rondo.killWorker();
  const queued = await client.start({ prompt: "calm piano", durationSeconds: 10, seed: 2 });
  const waiting = Promise.all([
    fetch(queued.links.audio),
    fetch(queued.links.audio, { headers: { range: "bytes=0-" } }),
  ]);
  const listeners = async () => {
    const metrics = await (await fetch(`${rondo.url}/metrics`)).text();
    return Number(/^rondo_stream_listeners(?:\{.*\})? (\d+)$/m.exec(metrics)?.[1]);
  };
  await until("all five listeners are connected", async () => (await listeners()) === 5, 10_000);
  const [refused] = await Promise.all([waiting, rondo.stopApi()]);
  for (const answer of refused) {
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
  }
  // No phase of the shutdown reached its time limit by waiting for the piece or for the listeners.
  expect(rondo.output()).not.toContain("a phase of the shutdown did not finish");
  for (const answer of answers) await expect(answer.arrayBuffer()).rejects.toThrow();
  expect(await events.text()).toContain("event: data");
}, 60_000);
