// Starts the Python generator as a separate process on a free port, with the packages of its test environment.
import { join } from "node:path";
import { pythonProgram } from "../runners/python-generator.ts";
import { freePort } from "../servers/free-port.ts";
import { until } from "../until.ts";

const source = join(import.meta.dirname, "../../../generator-python/src");

export async function startPythonGenerator(settings: Readonly<Record<string, string>> = {}) {
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = Bun.spawn([pythonProgram("python"), "-m", "rondo_generator"], {
    env: { PATH: Bun.env.PATH, PYTHONPATH: source, GENERATOR_PORT: String(port), ...settings },
    stdout: "ignore",
    stderr: "ignore",
  });
  const answers = () =>
    fetch(`${url}/health`).then(
      () => true,
      () => false,
    );
  await until("the Python generator answers", answers);
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.exited;
    },
  };
}
