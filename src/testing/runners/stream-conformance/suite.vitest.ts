// Runs the whole public suite except the part about subscriptions, which the protocol reserves for later.
import { runConformanceTests } from "@durable-streams/server-conformance-tests";

runConformanceTests({ baseUrl: process.env.STREAMS_UNDER_TEST ?? "" });
