// Runs the public conformance suite of the Durable Streams protocol. The suite itself skips its cases about
// subscriptions, which the protocol reserves for later.
import { runConformanceTests } from "@durable-streams/server-conformance-tests";

runConformanceTests({ baseUrl: process.env.STREAMS_UNDER_TEST ?? "" });
