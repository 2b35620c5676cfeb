// Counters of one process, in Prometheus's text form at /metrics.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

export interface Metrics {
  countRequest(method: string, route: string, status: number, seconds: number): void;
  /** A number read when somebody asks, from whoever holds it. */
  watch(name: string, help: string, read: () => number): void;
  text(): Promise<string>;
  readonly contentType: string;
}

const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30];

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const labelNames = ["method", "route", "status"] as const;
  const requests = new Counter({
    name: "rondo_http_requests_total",
    help: "Requests answered.",
    labelNames,
    registers: [registry],
  });
  const seconds = new Histogram({
    name: "rondo_http_request_seconds",
    help: "Time to the answer's first byte.",
    labelNames: ["method", "route"] as const,
    buckets: secondsBuckets,
    registers: [registry],
  });
  // The pair of a route is looked up once by its labels, and then by this text.
  const known = new Map<string, readonly [Counter.Internal, Histogram.Internal<"method" | "route">]>();
  const pairOf = (method: string, route: string, status: number) => {
    const name = `${method} ${status} ${route}`;
    const pair = known.get(name) ?? [
      requests.labels({ method, route, status }),
      seconds.labels({ method, route }),
    ];
    known.set(name, pair);
    return pair;
  };
  return {
    countRequest(method, route, status, took) {
      const [count, time] = pairOf(method, route, status);
      count.inc();
      time.observe(took);
    },
    watch(name, help, read) {
      new Gauge({
        name,
        help,
        registers: [registry],
        collect() {
          this.set(read());
        },
      });
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
