// Starts the Python generator as a separate process on a free port, with the packages of its test environment.
import { join } from "node:path";
import { signatureOf } from "../../ports/generator/http/signature.ts";
import { pythonProgram } from "../runners/python-generator.ts";
import { freePort } from "../servers/free-port.ts";
import { until } from "../until.ts";

const source = join(import.meta.dirname, "../../../generator-python/src");

/**
 * Resolves when the server is ready, after its engine has started. If the server is not ready after
 * `limitMs`, ends the process and throws.
 */
export async function startPythonGenerator(
  settings: Readonly<Record<string, string>> = {},
  { limitMs = 50_000 } = {},
) {
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = Bun.spawn([pythonProgram("python"), "-m", "rondo_generator"], {
    env: { PATH: Bun.env.PATH, PYTHONPATH: source, GENERATOR_PORT: String(port), ...settings },
    stdout: "ignore",
    stderr: "ignore",
  });
  const generator = {
    url,
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.exited;
    },
  };
  try {
    await until(
      "the Python generator is ready",
      () => isReady(url, settings.RONDO_GENERATOR_SECRET),
      limitMs,
    );
  } catch (err) {
    await generator[Symbol.asyncDispose]();
    throw err;
  }
  return generator;
}

const isReady = (url: string, secret: string | undefined): Promise<boolean> =>
  fetch(`${url}/health`, { headers: signatureOf(secret, "") }).then(
    async (res) => ((await res.json()) as { status: string }).status === "ready",
    () => false,
  );
