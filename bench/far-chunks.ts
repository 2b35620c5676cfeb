// bun bench/far-chunks.ts [rounds]: measures how much later the first chunk reaches a listener if
// the generator runs at another address and not in the worker. In each round, the composer makes
// the same piece three times: first in the worker, and then as a generator at another address
// (docs/generators.md), once with the delivery `body` and once with the delivery `stream`. The
// default is 60 rounds. Three more rounds run before these rounds and are not counted.
import { createBuiltinGenerator } from "../src/ports/generator/builtin/generator.ts";
import { createGeneratorHandler } from "../src/testing/generator-server/generator-server.ts";
import { serve } from "../src/testing/generator-server/serve.ts";
import { freePort } from "../src/testing/servers/free-port.ts";
import { createRondoClient, type RondoClient } from "../src/testing/whole/processes/rondo-client.ts";
import { startRondo } from "../src/testing/whole/processes/rondo-processes.ts";

const rounds = Number(Bun.argv[2] ?? 60);
const warmUps = 3;

await using handler = createGeneratorHandler({ generator: createBuiltinGenerator() });
await using far = await serve(handler.fetch);
await using inProcess = await startRondo();
await using byBody = await startRondo({ RONDO_GENERATOR_URL: `${far.url}?delivery=body` });
await using byStream = await startRondo({
  RONDO_GENERATOR_URL: `${far.url}?delivery=stream`,
  PORT: String(freePort()),
});

/**
 * Returns the time from the request for a piece until a listener has received the first chunk, in
 * milliseconds. Resolves only when the piece has ended.
 */
async function firstChunkMs(client: RondoClient, seed: number): Promise<number> {
  const startedMs = performance.now();
  const started = await client.start({ prompt: "slow piano in the rain", durationSeconds: 10, seed });
  const url = `${started.links.chunks}?offset=-1&live=long-poll`;
  await (await fetch(url, { headers: client.headers })).arrayBuffer();
  const tookMs = performance.now() - startedMs;
  const { state } = await client.untilEnded(started);
  if (state !== "complete") throw new Error(`A piece ended as ${String(state)}.`);
  return tookMs;
}

const ways: { name: string; client: RondoClient; times: number[] }[] = [];
for (const [name, { url }] of [
  ["in the worker", inProcess],
  ["body", byBody],
  ["stream", byStream],
] as const)
  ways.push({ name, client: await createRondoClient(url), times: [] });

for (let round = 0; round < rounds + warmUps; round++)
  for (const { client, times } of ways) {
    const tookMs = await firstChunkMs(client, round);
    if (round >= warmUps) times.push(tookMs);
  }

const [local] = ways.map(({ times }) => percentilesOf(times));
for (const { name, times } of ways) {
  const { p50, p99 } = percentilesOf(times);
  const more = `${(p50 - local!.p50).toFixed(0)} / ${(p99 - local!.p99).toFixed(0)} ms more`;
  console.log(`${name}: p50 / p99 ${p50.toFixed(0)} / ${p99.toFixed(0)} ms, ${more}`);
}

function percentilesOf(values: readonly number[]) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return { p50: at(0.5), p99: at(0.99) };
}
