// Starts the Python generator as a separate process on a free port, with the packages of its test environment.
import { join } from "node:path";
import { signatureOf } from "../../ports/generator/http/signature.ts";
import { pythonProgram } from "../runners/python-generator.ts";
import { freePort } from "../servers/free-port.ts";
import { startProgram } from "../servers/started-program.ts";

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
  const program = await startProgram({
    command: [pythonProgram("python"), "-m", "rondo_generator"],
    environment: { PATH: Bun.env.PATH, PYTHONPATH: source, GENERATOR_PORT: String(port), ...settings },
    isReady: () => isReady(url, settings.RONDO_GENERATOR_SECRET),
    timeoutMs: limitMs,
  });
  return { url, [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
}

const isReady = (url: string, secret: string | undefined): Promise<boolean> =>
  fetch(`${url}/health`, { headers: signatureOf(secret, "") }).then(
    async (res) => ((await res.json()) as { status: string }).status === "ready",
    () => false,
  );
