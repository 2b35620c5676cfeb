// Starts the Python generator with a tiny MusicGen model, whose weights are random. Before that, writes the model to a
// folder.
import { join } from "node:path";
import { createTemporaryDirectory } from "../temporary-directory.ts";
import { pythonProgram } from "../runners/python-generator.ts";
import { startPythonGenerator } from "./python-generator-process.ts";

const folder = join(import.meta.dirname, "../../../generator-python");
// Two threads would be slower for matrices of this size.
const oneThread = { OMP_NUM_THREADS: "1" };

/**
 * Resolves when the generator is ready, after its model was loaded and warmed up. By default, the generator would use
 * fewer slots on a slow machine; here it always uses eight slots. `settings` are more environment variables of the
 * generator. If a variable is also set by this function, the value in `settings` is used.
 */
export async function startMusicgen(settings: Readonly<Record<string, string>> = {}) {
  await using started = new AsyncDisposableStack();
  const directory = started.use(await createTemporaryDirectory());
  const writing = Bun.spawn([pythonProgram("python"), "-m", "tests.tiny_musicgen", directory.path], {
    cwd: folder,
    env: { PATH: Bun.env.PATH, PYTHONPATH: "src", ...oneThread },
    stdout: "ignore",
    stderr: "pipe",
  });
  if ((await writing.exited) !== 0) throw new Error(await new Response(writing.stderr).text());
  const generator = started.use(
    await startPythonGenerator(
      {
        ...oneThread,
        GENERATOR_ENGINE: "musicgen",
        GENERATOR_SLOTS: "8",
        GENERATOR_MUSICGEN_MODEL: directory.path,
        GENERATOR_MUSICGEN_DEVICE: "cpu",
        GENERATOR_MUSICGEN_SPEED_LEAST: "0",
        GENERATOR_MUSICGEN_PROMPT_TOKENS: "64",
        ...settings,
      },
      // Loading PyTorch takes seconds on an idle machine, and minutes on a very busy one.
      { limitMs: 180_000 },
    ),
  );
  const all = started.move();
  return { url: generator.url, [Symbol.asyncDispose]: () => all.disposeAsync() };
}
