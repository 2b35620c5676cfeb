// Collects the counters of one process, and writes them in the text format of Prometheus for /metrics.
import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { createRequestCounts } from "./request-counts.ts";

/** The methods that add a metric throw an error if a metric with this name exists already. */
export interface Metrics {
  countRequest(method: string, route: string, status: number, seconds: number): void;
  /** Adds a gauge whose value is read for each new text. If `read` throws, `text` rejects. */
  watch(name: string, help: string, read: () => number): void;
  /**
   * Adds a gauge with one number per label value. The numbers are read from a store for each new
   * text. If `read` rejects or takes longer than a second, the text doesn't contain these numbers.
   */
  watchEach(name: string, help: string, label: string, read: () => Promise<Record<string, number>>): void;
  /** Adds a histogram with these upper bounds. Returns the function that adds a value. */
  histogram(name: string, help: string, buckets: readonly number[]): (value: number) => void;
  /** Returns the text. Calls within one second get the same text. */
  text(): Promise<string>;
  readonly contentType: string;
}

/**
 * These metrics of prom-client are removed. To read them, Bun counts all objects of the heap. This blocks the event
 * loop for 13 ms with 200,000 objects, and for 150 ms with two million objects.
 */
const heapSpaceMetrics = ["total", "used", "available"].map((part) => `nodejs_heap_space_size_${part}_bytes`);

/**
 * The text is cached for this time, because making the text takes milliseconds, and anyone
 * is allowed to request the text.
 */
const textMs = 1_000;
/**
 * If a store doesn't respond within this time, its numbers are left out, so that the text is not
 * delayed.
 */
const readMsMax = 1_000;

export function createMetrics(): Metrics {
  const registry = new Registry();
  let isMeasured = false;
  const measureProcess = (): void => {
    if (isMeasured) return;
    isMeasured = true;
    // `collectDefaultMetrics` reads the statistics of the heap once, which takes time. So it is not called at the start
    // of the process, but when the first text is requested.
    collectDefaultMetrics({ register: registry });
    for (const name of heapSpaceMetrics) registry.removeSingleMetric(name);
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
