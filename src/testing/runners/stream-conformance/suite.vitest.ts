// The public suite, whole. What it skips by itself is the part on subscriptions, which the protocol reserves.
import { runConformanceTests } from "@durable-streams/server-conformance-tests";

runConformanceTests({ baseUrl: process.env.STREAMS_UNDER_TEST ?? "" });
