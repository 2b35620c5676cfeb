// Creates data folders for test servers of Postgres. Because initdb takes seconds, a copy of a new data folder is
// cached (the template), and later test servers start with a copy of the template. There is one template for each
// installation of Postgres and each combination of initdb's arguments.
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

export interface TemplateOptions {
  /** The folder with Postgres's programs. */
  readonly programs: string;
  /** The arguments of initdb. There is a separate template for each combination of arguments. */
  readonly settings: readonly string[];
  /** Runs initdb for this folder. */
  readonly init: (data: string) => Promise<void>;
}

/**
 * Creates the data folder. If there is a template, copies the template. Otherwise runs initdb, and saves a copy of the
 * new folder as the template. Like the template, the folder belongs to the user who ran initdb.
 */
export async function createDataFolder(
  data: string,
  { programs, settings, init }: TemplateOptions,
): Promise<void> {
  const { mtimeMs } = await stat(join(programs, "postgres"));
  const key = JSON.stringify([programs, mtimeMs, settings]);
  const cache = join(Bun.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "rondo-tests/postgres");
  const template = join(cache, new Bun.CryptoHasher("sha256").update(key).digest("hex").slice(0, 16));
  if (existsSync(template)) return copyFolder(template, data);
  await init(data);
  await mkdir(cache, { recursive: true });
  const copy = join(await mkdtemp(join(cache, "new-")), "data");
  await copyFolder(data, copy);
  // If another process created the template in the meantime, that template stays.
  await rename(copy, template).catch(() => undefined);
  await rm(join(copy, ".."), { recursive: true, force: true });
}

async function copyFolder(from: string, to: string): Promise<void> {
  const child = Bun.spawn(["cp", "-a", from, to], { stdout: "ignore", stderr: "pipe" });
  if ((await child.exited) !== 0) throw new Error(await new Response(child.stderr).text());
}
