// Tests which queue positions a client reads when it resumes reading a generation's events at an offset.
import { expect, setDefaultTimeout, test } from "bun:test";
import { createQueueEvents } from "../../../generations/queue/queue-events.ts";
import { createServedStudio } from "../../../testing/served-studio.ts";

setDefaultTimeout(60_000);

test("a client that resumes at an offset gets the later queue positions", async () => {
  await using served = await createServedStudio();
  const { studio, url, token } = served;
  const first = await studio.start();
  const { requestId } = await studio.start();
  const headers = { authorization: `Bearer ${token}` };
  const read = async (offset: string, live = "") => {
    const res = await fetch(`${url}/v1/generations/${requestId}/events?offset=${offset}${live}`, { headers });
    return { events: (await res.json()) as object[], next: res.headers.get("stream-next-offset")! };
  };
  const queued = await read("-1");
  expect(queued.events).toMatchObject([{ type: "queued" }]);

  const worker = createQueueEvents(studio.deps);
  const nowMs = Date.now();
  const waiting = read(queued.next, "&live=long-poll");
  await worker.appendChanged(studio.business.id, nowMs);
  const second = { type: "queue", at: new Date(nowMs).toISOString(), place: 2, seconds: expect.any(Number) };
  const live = await waiting;
  expect(live.events).toEqual([second]);

  await studio.run(first);
  await worker.appendChanged(studio.business.id, nowMs + 2_000);
  const next = { ...second, at: new Date(nowMs + 2_000).toISOString(), place: 1 };
  expect((await read(live.next)).events).toEqual([next]);
  expect((await read(queued.next)).events).toEqual([second, next]);

  const stranger = await fetch(`${url}/v1/generations/${requestId}/events?offset=-1`);
  expect(stranger.status).toBe(401);
});
