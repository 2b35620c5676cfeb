// Runs the whole public suite. It skips only the part about subscriptions, which the protocol reserves.
import { runConformanceTests } from "@durable-streams/server-conformance-tests";

runConformanceTests({ baseUrl: process.env.STREAMS_UNDER_TEST ?? "" });
