// For each route and method, counts the requests and sums their durations, as plain numbers. A scrape converts the
// numbers to Prometheus's format.
import type { Registry } from "prom-client";

export interface RequestCounts {
  add(method: string, route: string, status: number, seconds: number): void;
}

/** The upper bounds of the buckets in seconds. A bucket includes its upper bound. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30] as const;

interface RouteCount {
  readonly method: string;
  readonly route: string;
  readonly byStatus: Map<number, number>;
  /** The number of durations in each bucket. The last element counts the durations above the last bound. */
  readonly inBucket: number[];
  count: number;
  seconds: number;
}

/**
 * Replaces the counters of prom-client, which compute a hash of their labels for every request. The counters here need
 * only a tenth of the time. At a scrape, the registry reads all counters. A second call with the same registry throws.
 */
export function createRequestCounts(registry: Registry): RequestCounts {
  const routes = new Map<string, Map<string, RouteCount>>();
  const all = () => [...routes.values()].flatMap((byMethod) => [...byMethod.values()]);

  register(registry, {
    name: "rondo_http_requests_total",
    help: "Requests answered.",
    type: "counter",
    values: () => all().flatMap(totalsOf),
  });
  register(registry, {
    name: "rondo_http_request_seconds",
    help: "Seconds until the first byte of the answer.",
    type: "histogram",
    values: () => all().flatMap(timesOf),
  });

  return {
    add(method, route, status, seconds) {
      const byMethod = routes.get(route) ?? new Map<string, RouteCount>();
      if (byMethod.size === 0) routes.set(route, byMethod);
      const kept = byMethod.get(method) ?? noneYet(method, route);
      if (kept.count === 0) byMethod.set(method, kept);
      kept.byStatus.set(status, (kept.byStatus.get(status) ?? 0) + 1);
      let bucket = 0;
      while (bucket < buckets.length && seconds > buckets[bucket]!) bucket += 1;
      kept.inBucket[bucket]! += 1;
      kept.count += 1;
      kept.seconds += seconds;
    },
  };
}

const noneYet = (method: string, route: string): RouteCount => ({
  method,
  route,
  byStatus: new Map(),
  inBucket: new Array(buckets.length + 1).fill(0),
  count: 0,
  seconds: 0,
});

interface Sample {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly metricName?: string;
}

const totalsOf = ({ method, route, byStatus }: RouteCount): Sample[] =>
  [...byStatus].map(([status, value]) => ({ value, labels: { method, route, status } }));

/**
 * Returns the samples of the histogram. The buckets of the histogram are cumulative, as described in Prometheus's
 * exposition format under "Histograms".
 */
function timesOf({ method, route, inBucket, count, seconds }: RouteCount): Sample[] {
  let within = 0;
  const samples = buckets.map((le, at): Sample => {
    within += inBucket[at]!;
    return { value: within, labels: { le, method, route }, metricName: "rondo_http_request_seconds_bucket" };
  });
  const labels = { method, route };
  return [
    ...samples,
    { value: count, labels: { le: "+Inf", ...labels }, metricName: "rondo_http_request_seconds_bucket" },
    { value: seconds, labels, metricName: "rondo_http_request_seconds_sum" },
    { value: count, labels, metricName: "rondo_http_request_seconds_count" },
  ];
}

interface Collected {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "histogram";
  values(): Sample[];
}

/**
 * Registers a metric. The types of prom-client require an instance of one of its classes. But the registry uses only
 * `name` and `get()`, so an object with these two is passed.
 */
function register(registry: Registry, { name, help, type, values }: Collected): void {
  const metric = {
    name,
    get: () => Promise.resolve({ name, help, type, aggregator: "sum", values: values() }),
  };
  registry.registerMetric(metric as never);
}
