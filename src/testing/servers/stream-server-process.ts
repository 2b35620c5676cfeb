// Runs a stream server in its own process, so that tests can kill the process. Prints the server's port.
import { createStreamServer } from "./stream-server.ts";

const { STREAMS_DIRECTORY: directory = "", STREAMS_PORT: port = "0" } = process.env;
const server = await createStreamServer({ directory, port: Number(port) });
process.stdout.write(`${server.port}\n`);
