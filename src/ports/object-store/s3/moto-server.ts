// Starts moto, an S3 server in Python that others made, with one empty bucket.
import { createServer } from "node:net";
import { findPythonProgram } from "../../../testing/runners/python-packages.ts";
import { until } from "../../../testing/until.ts";

const program = findPythonProgram("src/ports/object-store/s3", "moto_server");
export const hasMoto = program !== undefined;

export interface MotoServer extends AsyncDisposable {
  readonly endpoint: string;
  /** Creates a bucket and gives its address as a setting. */
  createBucket(name: string): Promise<string>;
}

export async function startMoto(): Promise<MotoServer> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const child = Bun.spawn([program!, "-H", "127.0.0.1", "-p", String(port)], {
    stdout: "ignore",
    stderr: "ignore",
  });
  const answers = () =>
    fetch(endpoint).then(
      () => true,
      () => false,
    );
  await until("moto answers", answers, 30_000);
  return {
    endpoint,
    async createBucket(name) {
      const answer = await fetch(`${endpoint}/${name}`, { method: "PUT", body: "" });
      if (!answer.ok) throw new Error(`moto answered ${answer.status}`);
      return `s3://${name}/music?endpoint=${endpoint}&region=us-east-1`;
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.exited;
    },
  };
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
