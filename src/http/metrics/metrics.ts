// Collects the counters of one process, and writes them in Prometheus's text format for /metrics.
import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { createRequestCounts } from "./request-counts.ts";

export interface Metrics {
  countRequest(method: string, route: string, status: number, seconds: number): void;
  /** Adds a gauge whose value is read at each scrape. */
  watch(name: string, help: string, read: () => number): void;
  /** Adds a gauge with one number per label value, read from a store. If the store is unavailable, the numbers are left out. */
  watchEach(name: string, help: string, label: string, read: () => Promise<Record<string, number>>): void;
  /** Adds a histogram with these upper bounds, and returns the function that adds a value. */
  histogram(name: string, help: string, buckets: readonly number[]): (value: number) => void;
  /** Returns the text, at most a second old. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** Making the text takes milliseconds, and anyone may request it: it is cached for this time. */
const textMs = 1_000;
/** A store that does not respond within this time is left out, so that it delays no other number. */
const readMsMax = 1_000;

export function createMetrics(): Metrics {
  const registry = new Registry();
  // Reading the heap's statistics takes long, so the process is measured from the first scrape on.
  let isMeasured = false;
  const measureProcess = (): void => {
    if (!isMeasured) collectDefaultMetrics({ register: registry });
    isMeasured = true;
  };
  const requests = createRequestCounts(registry);
  let text: { readonly until: number; readonly made: Promise<string> } | undefined;
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
    watchEach(name, help, label, read) {
      new Gauge({
        name,
        help,
        labelNames: [label],
        registers: [registry],
        async collect() {
          this.reset();
          const nothing = Promise.withResolvers<Record<string, number>>();
          const timer = setTimeout(nothing.resolve, readMsMax, {});
          const values = await Promise.race([read().catch(() => ({})), nothing.promise]);
          clearTimeout(timer);
          for (const [of, value] of Object.entries(values)) this.set({ [label]: of }, value);
        },
      });
    },
    histogram(name, help, bounds) {
      const histogram = new Histogram({ name, help, buckets: [...bounds], registers: [registry] });
      return (value) => histogram.observe(value);
    },
    text() {
      measureProcess();
      const now = performance.now();
      if (text === undefined || now >= text.until) text = { until: now + textMs, made: registry.metrics() };
      return text.made;
    },
    contentType: registry.contentType,
  };
}
