// Simulates random use on each profile. RANDOM_HOUR_MS is the duration in milliseconds of real time, 4,000 by default.
// RANDOM_HOUR_SEED repeats the random numbers of an earlier run, which printed its seed.
import { expect, test } from "bun:test";
import { onEachProfile } from "../testing/profiles.ts";
import { spendRandomHour } from "../testing/whole/random-hour.ts";

onEachProfile((profile) =>
  test("after a simulated hour of random use, no data is lost", async () => {
    const seed = Number(Bun.env.RANDOM_HOUR_SEED ?? Date.now() % 100_000);
    console.log(`${profile.name} profile: RANDOM_HOUR_SEED=${seed}`);
    await using stores = await profile.openStores();
    const hour = await spendRandomHour({
      ms: Number(Bun.env.RANDOM_HOUR_MS ?? 4_000),
      seed,
      environment: stores.environment,
    });
    console.log(`${profile.name} profile: ${JSON.stringify(hour)}`);
    expect(hour).toMatchObject({
      orphans: { streams: 0, objects: 0, leftovers: 0 },
      failedJobs: 0,
      damaged: 0,
    });
    expect(hour.versions).toBeGreaterThan(0);
  }, 180_000),
);
