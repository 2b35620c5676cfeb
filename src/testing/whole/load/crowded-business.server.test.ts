// Tests that many requests from one IP address delay neither a new guest of the same business nor users of another
// business.
import { expect, setDefaultTimeout, test } from "bun:test";
import { createBusinessClient, createRondoClient, type RondoClient } from "../processes/rondo-client.ts";
import { startRondo } from "../processes/rondo-processes.ts";

setDefaultTimeout(240_000);

const guests = 12;
const piecesEach = 10;
/**
 * The limit for the time from a request to its first sound. Without load, this time is well below a second. The limit
 * is generous, because a test machine can be busy.
 */
const firstSoundMsMax = 40_000;

const ask = (url: string, client: RondoClient, durationSeconds: number, from: string) =>
  fetch(`${url}/v1/generations`, {
    method: "POST",
    headers: { ...client.headers, "content-type": "application/json", "x-forwarded-for": from },
    body: JSON.stringify({ prompt: "slow ambient strings", durationSeconds }),
  });

async function firstSoundMs(url: string, client: RondoClient): Promise<number> {
  const startedAt = performance.now();
  const started = (await (await ask(url, client, 60, "198.51.100.9")).json()) as { links: { audio: string } };
  const res = await fetch(started.links.audio, { headers: { range: "bytes=0-999" } });
  expect(res.status).toBe(206);
  expect((await res.arrayBuffer()).byteLength).toBe(1_000);
  return performance.now() - startedAt;
}

for (const [name, bounds, acceptedMost] of [
  ["with the default limits per address and guest", {}, 20],
  [
    "without limits per address and guest",
    { RONDO_LIMIT_ADDRESS_PIECES: "off", RONDO_LIMIT_GUEST_MINUTES: "off" },
    120,
  ],
] as const) {
  test(`if many guests at one IP address request pieces, other listeners hear sound soon, ${name}`, async () => {
    await using rondo = await startRondo({ RONDO_TRUSTED_PROXIES: "1", ...bounds });
    const otherGuest = await createBusinessClient(rondo, "other");
    const crowd = await Promise.all(
      Array.from({ length: guests }, () => createRondoClient(rondo.url, "demo")),
    );
    const statuses = new Map<number, number>();
    for (const guest of crowd) {
      for (let piece = 0; piece < piecesEach; piece++) {
        const res = await ask(rondo.url, guest, 600, "203.0.113.7");
        statuses.set(res.status, (statuses.get(res.status) ?? 0) + 1);
        if (res.status === 429) expect(Number(res.headers.get("retry-after"))).toBeGreaterThan(0);
        await res.body?.cancel();
      }
    }
    expect(statuses.get(200)).toBe(acceptedMost);
    expect([...statuses.keys()].every((status) => status === 200 || status === 429)).toBe(true);
    const same = await firstSoundMs(rondo.url, await createRondoClient(rondo.url, "demo"));
    const other = await firstSoundMs(rondo.url, otherGuest);
    console.log(`first sound ${name}: same business ${same.toFixed(0)} ms, another ${other.toFixed(0)} ms`);
    expect(same).toBeLessThan(firstSoundMsMax);
    expect(other).toBeLessThan(firstSoundMsMax);
    expect(rondo.output()).not.toContain('"level":"error"');
  });
}
