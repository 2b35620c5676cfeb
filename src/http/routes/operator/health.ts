// Serves /health (whether this process is alive), /ready (whether the stores that the process needs are reachable) and
// /metrics (the counters of the process).
import { Hono } from "hono";
import type { Metrics } from "../../metrics/metrics.ts";
import type { HttpEnv } from "../../wire.ts";

export interface ReadinessCheck {
  readonly name: string;
  /** The name of the setting that contains the address of the store. */
  readonly setting: string;
  /** Throws if the store can't be reached. */
  run(): Promise<unknown>;
}

export interface HealthRoutesDeps {
  readonly checks: readonly ReadinessCheck[];
  readonly metrics: Metrics;
  /** `isLow` returns true if the disk is nearly full. Then new work is refused; content can be read and deleted. */
  readonly room: { isLow(): boolean };
  /**
   * Returns the number of businesses that are not served because their migration failed. /ready reports this number.
   * The status of /ready doesn't depend on it, because all other businesses are served. If the count fails or takes
   * more than two seconds, /ready reports null.
   */
  countNotServed(): Promise<number>;
}

const checkLimitMs = 2_000;

export function healthRoutes(deps: HealthRoutesDeps) {
  return new Hono<HttpEnv>()
    .get("/health", (c) => c.json({ status: "alive", uptimeSeconds: Math.round(process.uptime()) }))
    .get("/ready", async (c) => {
      let businessesNotServed: number | null = null;
      const count = async () => {
        businessesNotServed = await deps.countNotServed();
      };
      const [needs] = await Promise.all([
        Promise.all(deps.checks.map(runCheck)),
        runCheck({ name: "businesses", run: count }),
      ]);
      const ready = needs.every((need) => need.ok);
      return c.json(
        {
          status: ready ? "ready" : "not ready",
          needs,
          businessesNotServed,
          acceptsNewWork: !deps.room.isLow(),
        },
        ready ? 200 : 503,
      );
    })
    .get("/metrics", async (c) =>
      c.body(await deps.metrics.text(), 200, { "content-type": deps.metrics.contentType }),
    );
}

/** Runs a check. `ok` is false if the check throws or takes more than two seconds. The result does not say why. */
async function runCheck(check: Pick<ReadinessCheck, "name" | "run">) {
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(() => limit.reject(new Error("no answer")), checkLimitMs);
  const startedMs = performance.now();
  const ok = await Promise.race([check.run(), limit.promise]).then(
    () => true,
    () => false,
  );
  clearTimeout(timer);
  return { name: check.name, ok, ms: Math.round(performance.now() - startedMs) };
}
