// Runs the reference server of the Durable Streams protocol, which is made for Node. It stores streams in memory, or in
// its durable file store if the argument is `file`.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DurableStreamTestServer } from "@durable-streams/server";

const dataDir = process.argv[2] === "file" ? mkdtempSync(join(tmpdir(), "reference-")) : undefined;
const server = new DurableStreamTestServer({ port: 0, host: "127.0.0.1", dataDir });
process.stdout.write(`${await server.start()}\n`);
