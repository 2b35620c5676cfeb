// Runs the command-line program `rondo` in a child process, for tests of its commands.
import { join } from "node:path";

export interface CommandResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export const runRondo = (dataDir: string, ...args: readonly string[]): Promise<CommandResult> =>
  runRondoWith({ RONDO_DATA: dataDir }, ...args);

/**
 * Runs `rondo` with `settings` added to the environment of this process, for example with the settings of a Rondo that
 * is already running.
 */
export async function runRondoWith(
  settings: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<CommandResult> {
  const child = Bun.spawn([process.execPath, join(import.meta.dirname, "../cli/main.ts"), ...args], {
    env: { ...Bun.env, ...settings },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code: await child.exited, out, err };
}
