// Kills the API during writes. Tests that no write with an Idempotency-Key is executed twice, and
// that each committed cancellation of a generation has exactly one event.
import { expect, setDefaultTimeout, test } from "bun:test";
import { until } from "../../until.ts";
import { startWebhookReceiver } from "../../webhook-receiver.ts";
import { createRondoClient } from "../processes/rondo-client.ts";
import { startRondo } from "../processes/rondo-processes.ts";

setDefaultTimeout(180_000);

test("a write that is repeated after a kill of the API is executed only once", async () => {
  await using rondo = await startRondo({});
  const { headers } = await createRondoClient(rondo.url);
  const create = async (key: string): Promise<{ readonly id: string } | undefined> => {
    const res = await fetch(`${rondo.url}/v1/queries/projects.create`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json", "idempotency-key": key },
      body: JSON.stringify({ name: key }),
    }).catch(() => undefined);
    return res?.ok ? ((await res.json()) as { id: string }) : undefined;
  };
  for (let round = 0; round < 2; round++) {
    const keys = Array.from({ length: 40 }, (_, at) => `key-${round}-${at}`);
    const first = keys.map(create);
    // After this line, usually some writes have a response, some are in progress, and some have not
    // arrived.
    await Promise.race(first.slice(3 + round * 7));
    await rondo.killApi();
    const answered = await Promise.all(first);
    await rondo.startApi();
    const again = await Promise.all(keys.map(create));
    for (const [at, answer] of answered.entries()) if (answer) expect(again[at]).toEqual(answer);
    expect(again.every((answer) => answer !== undefined)).toBe(true);
  }
  const listed = await fetch(`${rondo.url}/v1/queries/projects.list?limit=200`, { headers });
  const { items } = (await listed.json()) as { items: readonly { name: string }[] };
  const names = items.map(({ name }) => name).filter((name) => name.startsWith("key-"));
  expect([names.length, new Set(names).size]).toEqual([80, 80]);
});

async function keepsEvents(environment: Record<string, string>): Promise<void> {
  await using rondo = await startRondo({ RONDO_WEBHOOK_NETWORKS: "127.0.0.0/8", ...environment });
  await using receiver = startWebhookReceiver();
  const client = await createRondoClient(rondo.url);
  const made = await fetch(`${rondo.url}/v1/webhooks?business=demo`, {
    method: "POST",
    headers: { authorization: `Bearer ${rondo.operatorKey}`, "content-type": "application/json" },
    body: JSON.stringify({ url: receiver.url, events: ["generation.cancelled"] }),
  });
  expect(made.status).toBe(201);
  const music = { prompt: "slow piano", durationSeconds: 120 };
  const pieces = await Promise.all(Array.from({ length: 6 }, () => client.start(music)));
  // No worker runs during the cancellations, so no event is delivered before the API is killed. An event that arrives
  // later was stored in the database together with its cancellation.
  await rondo.killWorker();
  const cancelled = pieces.map(({ links }) =>
    fetch(links.self, { method: "DELETE", headers: client.headers }).catch(() => undefined),
  );
  await Promise.race(cancelled);
  await rondo.killApi();
  await Promise.all(cancelled);
  await rondo.startApi();
  await rondo.startWorker();
  for (const { links } of pieces) await fetch(links.self, { method: "DELETE", headers: client.headers });
  const idsOf = (requestId: string) =>
    new Set(receiver.received.filter(({ body }) => body.data.requestId === requestId).map(({ id }) => id));
  await until(
    "every cancelled piece has its event",
    () => pieces.every(({ requestId }) => idsOf(requestId).size > 0),
    90_000,
  );
  expect(pieces.map(({ requestId }) => idsOf(requestId).size)).toEqual(pieces.map(() => 1));
}

test("a kill of the API neither loses nor repeats the event of a cancellation", () => keepsEvents({}));
