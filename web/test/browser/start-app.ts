// Starts the real app, both processes, on a free port and a data folder of its own.
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");
const START_MS_MAX = 20_000;

export interface App extends AsyncDisposable {
  readonly url: string;
}

/** RONDO_TEST_URL takes an app that runs already. */
export async function startApp(): Promise<App> {
  const running = process.env.RONDO_TEST_URL;
  if (running) return { url: running, async [Symbol.asyncDispose]() {} };
  const data = await mkdtemp(join(tmpdir(), "rondo-page-"));
  const port = await freePort();
  await run(["web/build.ts", "--if-changed"]);
  const app = Bun.spawn([process.execPath, "src/cli/main.ts", "start"], {
    cwd: root,
    env: { ...process.env, PORT: String(port), RONDO_DATA: data, RONDO_LOG: "warn" },
    stdout: "ignore",
    stderr: "inherit",
  });
  const url = `http://127.0.0.1:${port}`;
  await waitUntilReady(url, app);
  return {
    url,
    async [Symbol.asyncDispose]() {
      app.kill("SIGTERM");
      await app.exited;
      await rm(data, { recursive: true, force: true });
    },
  };
}

async function waitUntilReady(url: string, app: Bun.Subprocess): Promise<void> {
  const latest = Date.now() + START_MS_MAX;
  while (Date.now() < latest) {
    if (app.exitCode !== null) throw new Error(`The app ended with ${app.exitCode} before it was ready.`);
    if (
      await fetch(`${url}/ready`).then(
        (res) => res.ok,
        () => false,
      )
    )
      return;
    await Bun.sleep(50);
  }
  app.kill();
  throw new Error("The app was not ready in time.");
}

async function run(args: string[]): Promise<void> {
  const child = Bun.spawn([process.execPath, ...args], { cwd: root, stdout: "ignore", stderr: "inherit" });
  if ((await child.exited) !== 0) throw new Error(`bun ${args.join(" ")} failed`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}
