// A Postgres server of our own for a test, that asks every role for its password (scram-sha-256), as real ones do.
import { existsSync, readdirSync } from "node:fs";
import { chmod, chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { onCi } from "./on-ci.ts";

export interface PostgresServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** May do everything; for looking and for breaking things. */
  readonly superuserUrl: string;
  /** What a deployment gives Rondo: a role that may create databases and roles, and a database that it owns. */
  readonly adminUrl: string;
}

/** Where the newest server's programs are; undefined where there are none, which on CI is a failure. */
export function postgresPrograms(): string | undefined {
  const roots = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/pgsql"];
  const folders = roots
    .filter((root) => existsSync(root))
    .flatMap((root) => [join(root, "bin"), ...readdirSync(root).map((name) => join(root, name, "bin"))])
    .filter((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")));
  const found = folders.toSorted().at(-1);
  if (found === undefined && onCi) throw new Error("CI has to have a PostgreSQL server installed.");
  return found;
}

export async function startPostgresServer(programs = postgresPrograms()): Promise<PostgresServer> {
  if (programs === undefined) throw new Error("No PostgreSQL server is installed here.");
  const folder = await mkdtemp(join(tmpdir(), "rondo-postgres-"));
  const port = await freePort();
  const as = await serverUser(folder);
  const passwordFile = join(folder, "password");
  await writeFile(passwordFile, "boss-secret\n");
  if (as) await chown(passwordFile, as.uid, as.gid);
  const data = join(folder, "data");
  const prefix = as ? ["setpriv", `--reuid=${as.uid}`, `--regid=${as.gid}`, "--clear-groups", "--"] : [];
  const made = Bun.spawn(
    // biome-ignore format: one line per kind
    [
      ...prefix,
      join(programs, "initdb"),
      "-D",
      data,
      "-U",
      "boss",
      "-A",
      "scram-sha-256",
      "--pwfile",
      passwordFile,
      "--no-sync",
      "-E",
      "UTF8",
      "--locale=C",
    ],
    { stdout: "ignore", stderr: "pipe", cwd: folder },
  );
  if ((await made.exited) !== 0) throw new Error(await new Response(made.stderr).text());
  const settings = { port, listen_addresses: "127.0.0.1", unix_socket_directories: "", fsync: "off" };
  const server = Bun.spawn(
    [
      ...[...prefix, join(programs, "postgres"), "-D", data],
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ],
    { stdout: "ignore", stderr: "ignore", cwd: folder },
  );
  const url = (user: string, database: string): string =>
    `postgres://${user}:${user}-secret@127.0.0.1:${port}/${database}`;
  await prepare(url("boss", "postgres"));
  return {
    host: "127.0.0.1",
    port,
    superuserUrl: url("boss", "postgres"),
    adminUrl: url("rondo", "rondo"),
    async [Symbol.asyncDispose]() {
      server.kill("SIGQUIT");
      await server.exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function prepare(superuserUrl: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    const boss = postgres(superuserUrl, { max: 1, connect_timeout: 2, onnotice: () => {} });
    try {
      await boss`create role rondo login createdb createrole password 'rondo-secret'`;
      await boss`create database rondo owner rondo`;
      return;
    } catch (err) {
      if (tries === 200) throw err;
      await Bun.sleep(25); // the server is starting
    } finally {
      await boss.end({ timeout: 1 });
    }
  }
}

/** Postgres refuses to run as root. */
async function serverUser(folder: string): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const passwd = await Bun.file("/etc/passwd").text();
  const [, , uid, gid] = /^postgres:.*$/m.exec(passwd)?.[0].split(":") ?? [];
  if (uid === undefined || gid === undefined)
    throw new Error("There is no user postgres to run the server as.");
  await chown(folder, Number(uid), Number(gid));
  await chmod(folder, 0o700);
  return { uid: Number(uid), gid: Number(gid) };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
