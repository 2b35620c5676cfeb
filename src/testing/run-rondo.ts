// Runs the command `rondo` as a process on a data folder, for tests of its commands.
import { join } from "node:path";

export interface CommandResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function runRondo(dataDir: string, ...args: readonly string[]): Promise<CommandResult> {
  const child = Bun.spawn([process.execPath, join(import.meta.dirname, "../cli/main.ts"), ...args], {
    env: { ...Bun.env, RONDO_DATA: dataDir },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code: await child.exited, out, err };
}
