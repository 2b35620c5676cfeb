// The protocol's reference server with its durable file store, under Node, for which it is made. Its log lines cost it nothing here.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DurableStreamTestServer } from "@durable-streams/server";

console.log = () => {};
const dataDir = mkdtempSync(join(tmpdir(), "reference-"));
const server = new DurableStreamTestServer({ port: 0, host: "127.0.0.1", dataDir });
process.stdout.write(`${await server.start()}\n`);
