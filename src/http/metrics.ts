// Counters of one process, in Prometheus's text form at /metrics.
import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { createRequestCounts } from "./request-counts.ts";

export interface Metrics {
  countRequest(method: string, route: string, status: number, seconds: number): void;
  /** A number read when somebody asks, from whoever holds it. */
  watch(name: string, help: string, read: () => number): void;
  text(): Promise<string>;
  readonly contentType: string;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = createRequestCounts(registry);
  return {
    countRequest: requests.add,
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
