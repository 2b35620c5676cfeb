// Makes each store unreachable for some seconds during requests. Tests that each request in this
// time succeeds or gets 503 with Retry-After, and that jobs wait. Also tests that the fleet
// continues by itself after the store is back, and that no piece is lost.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { at, createFleetClient, type Fleet, startFleet } from "../processes/fleet.ts";
import { type FallibleStore, type FleetStores, missingForFleet } from "../processes/fleet-stores.ts";
import {
  createRondoClient,
  readByOffset,
  type RondoClient,
  type Started,
} from "../processes/rondo-client.ts";
import { until } from "../../until.ts";

setDefaultTimeout(180_000);

const missing = missingForFleet();
if (missing.length > 0) console.log(`skipped: this machine has no ${missing.join(" and no ")}`);

/**
 * How long a store is unreachable, in milliseconds. This is longer than the three attempts of a job
 * with their pauses. So the test notices if a job uses up its attempts instead of waiting for the
 * store.
 */
const awayMs = 5_000;
const business = "acme";

interface Answer {
  readonly what: string;
  readonly status: number;
  /**
   * What is wrong with the response. Undefined if the response came within ten seconds and is a
   * success or a correct 503. A correct 503 has the type problem+json and a Retry-After header in
   * whole seconds.
   */
  readonly fault: string | undefined;
}

const cases: readonly {
  readonly name: keyof Pick<FleetStores, "postgres" | "redis" | "mongo">;
  readonly title: string;
}[] = [
  { name: "postgres", title: "Postgres" },
  { name: "redis", title: "Redis" },
  { name: "mongo", title: "MongoDB" },
];

describe.skipIf(missing.length > 0)("with two APIs and two workers", () => {
  let fleet: Fleet;
  let unbroken: Buffer;
  const piece = { prompt: "house with a driving bass", durationSeconds: 40, seed: 3 };

  beforeAll(async () => {
    fleet = await startFleet();
    const client = await createFleetClient(fleet, business);
    const started = await client.start(piece);
    unbroken = Buffer.from((await readByOffset(started.links.chunks, client.headers)).bytes);
  });
  afterAll(async () => {
    if (Bun.env.RONDO_TEST_VERBOSE !== undefined) console.log(fleet.complaints());
    await fleet[Symbol.asyncDispose]();
  });

  for (const { name, title } of cases) {
    test(`each request succeeds or gets a correct 503 while ${title} is unreachable`, async () => {
      const store = fleet.stores[name];
      const client = await createRondoClient(fleet.apis[0].url, business);
      const started = await client.start(piece);
      const heard = Promise.withResolvers<void>();
      const listener = readByOffset(started.links.chunks, client.headers, {
        limitMs: 120_000,
        onPart: (size) => {
          if (size > unbroken.length / 8) heard.resolve();
        },
      });
      await heard.promise;

      const { answers, sentAgain } = await whileAway(store, (round) => load(client, started, round));
      tell(title, answers);
      expectNoCrash();
      expect(
        answers.flatMap(({ what, fault }) => (fault === undefined ? [] : [`${what}: ${fault}`])),
      ).toEqual([]);
      expect(answers.some(({ status }) => status === 503)).toBe(true);

      expect(unbroken.equals((await listener).bytes)).toBe(true);
      expect(await client.untilEnded(started)).toMatchObject({ state: "complete", reason: null });
      for (const key of sentAgain) {
        const first = await post(client, fleet.apis[0].url, key);
        const second = await post(client, fleet.apis[1].url, key);
        expect([first.status, second.status]).toEqual([200, 200]);
        const made = (await first.json()) as Started;
        expect(((await second.json()) as Started).requestId).toBe(made.requestId);
        expect(await client.untilEnded(made)).toMatchObject({ state: "complete" });
      }
      const { items } = await tracksOf(client);
      expect(items.length).toBe(1 + sentAgain.length);
    });
  }

  test("an API does not start while Redis is unreachable", async () => {
    const [api] = fleet.apis;
    await fleet.stores.redis.kill();
    await api.kill();
    const refused = await api.start().then(
      () => "it started",
      (err: Error) => err.message,
    );
    await fleet.stores.redis.start();
    expect(refused).toContain("RONDO_QUEUE_URL: The job queue's Redis cannot be reached.");
    await api.start();
    expect((await fetch(`${api.url}/ready`)).status).toBe(200);
  });

  const expectNoCrash = () => {
    const crashes = [...fleet.apis, ...fleet.workers].map((member) => member.crash());
    expect(crashes).toEqual([undefined, undefined, undefined, undefined]);
  };

  /**
   * Makes the store unreachable, sends several rounds of requests, makes the store reachable again,
   * and waits until both instances of the API are ready. Returns the answers, and the idempotency
   * keys of the first three rounds, which the caller sends again (`sentAgain`).
   */
  async function whileAway(
    store: FallibleStore,
    ask: (round: number) => Promise<{ answers: readonly Answer[]; key: string }>,
  ) {
    await store.kill();
    const goneAt = performance.now();
    const answers: Answer[] = [];
    const sentAgain: string[] = [];
    for (let round = 0; performance.now() - goneAt < awayMs; round++) {
      const asked = await ask(round);
      answers.push(...asked.answers);
      if (sentAgain.length < 3) sentAgain.push(asked.key);
      await Bun.sleep(200); // sets the rate of the requests
    }
    await store.start();
    const backAt = performance.now();
    await until(
      "both instances are ready",
      async () => {
        const ready = await Promise.all(fleet.apis.map(({ url }) => fetch(`${url}/ready`)));
        return ready.every(({ status }) => status === 200);
      },
      60_000,
    );
    console.log(`the API was ready ${Math.round(performance.now() - backAt)} ms after the store was back`);
    return { answers, sentAgain };
  }

  /**
   * Sends requests of a user, of a guest and of the operator to both instances of the API. Only the
   * first three rounds request new music, because the number of such requests is limited. Later
   * rounds repeat the request of the third round with the same idempotency key.
   */
  async function load(client: RondoClient, started: Started, round: number) {
    const key = `round-${Math.min(round, 2)}`;
    const { headers } = client;
    const asks = fleet.apis.flatMap((api, index) => [
      ask(`POST generation at ${index}`, post(client, api.url, key)),
      ask(`GET tracks.list at ${index}`, fetch(`${api.url}/v1/queries/tracks.list`, { headers })),
      ask(`GET generation at ${index}`, fetch(at(api, started.links.self), { headers })),
      ask(`GET chunks at ${index}`, fetch(`${at(api, started.links.chunks)}?offset=-1`, { headers })),
      ask(
        `GET audio at ${index}`,
        fetch(at(api, started.links.audio), { headers: { range: "bytes=0-999" } }),
      ),
      ask(
        `GET jobs at ${index}`,
        fetch(`${api.url}/v1/jobs/counts`, { headers: { authorization: `Bearer ${fleet.operatorKey}` } }),
      ),
      ask(
        `POST guest at ${index}`,
        fetch(`${api.url}/v1/accounts/guest`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ business }),
        }),
      ),
    ]);
    return { answers: await Promise.all(asks), key };
  }

  const post = (client: RondoClient, url: string, key: string) =>
    fetch(`${url}/v1/generations`, {
      method: "POST",
      headers: { ...client.headers, "content-type": "application/json", "idempotency-key": key },
      body: JSON.stringify({ prompt: `quiet piano ${key}`, durationSeconds: 10, seed: 1 }),
    });

  async function tracksOf(client: RondoClient): Promise<{ items: unknown[] }> {
    const res = await fetch(`${fleet.apis[1].url}/v1/queries/tracks.list?limit=50`, {
      headers: client.headers,
    });
    expect(res.status).toBe(200);
    return (await res.json()) as { items: unknown[] };
  }
});

async function ask(what: string, sent: Promise<Response>): Promise<Answer> {
  const sentAt = performance.now();
  const res = await sent.catch((err: Error) => new Response(err.message, { status: 500 }));
  const text = await res.text();
  const tookMs = performance.now() - sentAt;
  return { what, status: res.status, fault: faultOf(res, text, tookMs) };
}

const answerMsMax = 10_000;

function faultOf(res: Response, text: string, tookMs: number): string | undefined {
  if (tookMs > answerMsMax) return `answered after ${Math.round(tookMs)} ms`;
  if (res.ok) return undefined;
  if (res.status !== 503) return `${res.status} ${text}`;
  if (res.headers.get("content-type") !== "application/problem+json") return `no problem+json: ${text}`;
  if (!/^\d+$/.test(res.headers.get("retry-after") ?? "")) return "no Retry-After";
  return undefined;
}

/** Prints the number of answers by request and status. */
function tell(title: string, answers: readonly Answer[]): void {
  const counts = new Map<string, number>();
  for (const { what, status } of answers) {
    const line = `${what.replace(/ at \d$/, "")} ${status}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  console.log(
    `while ${title} was unreachable: ${[...counts].map(([line, count]) => `${line} ×${count}`).join(", ")}`,
  );
}
