// Starts a Postgres server for a test. Every role has to sign in with its password (scram-sha-256), as on real servers.
import { existsSync, readdirSync } from "node:fs";
import { chmod, chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { embeddedOnly } from "../../embedded-only.ts";
import { onCi } from "../../runners/on-ci.ts";
import { createDataFolder } from "./postgres-template.ts";

export interface PostgresServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** The superuser's URL, for inspection and for causing faults. */
  readonly superuserUrl: string;
  /**
   * The URL that Rondo uses. Its role owns the database and is allowed to create databases and
   * roles.
   */
  readonly adminUrl: string;
  /** Kills the server as in a crash. */
  kill(): Promise<void>;
  /** Starts the server again on the same port, with the committed data. */
  start(): Promise<void>;
}

/**
 * Returns the folder with the programs of the newest installed server. Returns undefined if the tests must not use a
 * server (`embeddedOnly`). If no server is installed, or if this process can't start one, throws on CI and returns
 * undefined on other machines.
 */
export function postgresPrograms(): string | undefined {
  if (embeddedOnly) return undefined;
  const roots = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/pgsql"];
  const folders = roots
    .filter((root) => existsSync(root))
    .flatMap((root) => [join(root, "bin"), ...readdirSync(root).map((name) => join(root, name, "bin"))])
    .filter((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")));
  // The server refuses to run as root, so setpriv starts it as another user.
  const runs = process.getuid?.() !== 0 || Bun.which("setpriv") !== null;
  const found = runs ? folders.toSorted(byVersion).at(-1) : undefined;
  if (found === undefined && onCi) throw new Error("CI has to have a PostgreSQL server installed.");
  if (found === undefined)
    console.log("No PostgreSQL server is installed, so the tests that need one are skipped.");
  return found;
}

/** Compares the numbers in two paths by their value, so that version 9.6 comes before 17. */
const byVersion = new Intl.Collator("en", { numeric: true }).compare;

/**
 * A Postgres server with all its databases. `copy` starts another server with a copy of the current databases, roles
 * and passwords.
 */
export interface PostgresCluster extends AsyncDisposable {
  readonly port: number;
  /** Returns the superuser's URL for a database. */
  url(database: string): string;
  start(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
  copy(): Promise<PostgresCluster>;
}

/** Starts a server. `more`: additional settings, such as max_connections. */
export async function startPostgresServer(
  programs = postgresPrograms(),
  more: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> {
  const cluster = await createPostgresCluster(programs, more);
  await runStatements(cluster.url("postgres"), [
    "create role rondo login createdb createrole password 'rondo-secret'",
    "create database rondo owner rondo",
  ]);
  return {
    host: "127.0.0.1",
    port: cluster.port,
    superuserUrl: cluster.url("postgres"),
    adminUrl: `postgres://rondo:rondo-secret@127.0.0.1:${cluster.port}/rondo`,
    kill: () => cluster.kill(),
    start: () => cluster.start(),
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  };
}

/** Creates another database for Rondo's role and returns its URL. The database is deleted with the server. */
export async function createPostgresDatabase({ adminUrl }: PostgresServer): Promise<string> {
  const url = new URL(adminUrl);
  const name = `rondo_${Bun.randomUUIDv7().replaceAll("-", "")}`;
  await runStatements(adminUrl, [`create database ${name}`]);
  url.pathname = `/${name}`;
  return url.href;
}

export async function createPostgresCluster(
  programs = postgresPrograms(),
  more: Readonly<Record<string, string>> = {},
): Promise<PostgresCluster> {
  if (programs === undefined) throw new Error("No PostgreSQL server is installed here.");
  const host = await createHost(programs);
  await createDataFolder(host.data, {
    programs,
    settings: [superuser.password, ...initSettings],
    async init(data) {
      const passwordFile = join(host.folder, "password");
      await writeFile(passwordFile, `${superuser.password}\n`);
      // The umask of this process can make new files unreadable for the user that runs initdb.
      await chmod(passwordFile, 0o644);
      await host.run("initdb", ["-D", data, "--pwfile", passwordFile, ...initSettings]);
    },
  });
  return runCluster(host, more);
}

const superuser = { name: "boss", password: "boss-secret" };
/** Small segments of the write-ahead log keep the data folder small, so the folder is copied faster. */
const initSettings = [
  ...["-U", superuser.name, "-A", "scram-sha-256", "--no-sync", "-E", "UTF8"],
  "--wal-segsize=1",
];
const settings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  fsync: "off",
  full_page_writes: "off",
  max_wal_size: "1GB",
  shared_buffers: "16MB",
};

interface Host {
  readonly programs: string;
  readonly folder: string;
  readonly data: string;
  spawn(program: string, args: readonly string[]): ReturnType<typeof Bun.spawn>;
  /** Runs a program of the server. If the program fails, throws with its output. */
  run(program: string, args: readonly string[]): Promise<void>;
}

async function createHost(programs: string): Promise<Host> {
  const folder = await mkdtemp(join(tmpdir(), "rondo-postgres-"));
  const user = await serverUser(folder);
  const prefix = user
    ? ["setpriv", `--reuid=${user.uid}`, `--regid=${user.gid}`, "--clear-groups", "--"]
    : [];
  const command = (program: string, args: readonly string[]) => [...prefix, join(programs, program), ...args];
  const env = { ...process.env, PGPASSWORD: superuser.password, LC_ALL: "C" };
  return {
    programs,
    folder,
    data: join(folder, "data"),
    spawn: (program, args) =>
      Bun.spawn(command(program, args), { stdout: "ignore", stderr: "ignore", cwd: folder, env }),
    async run(program, args) {
      const child = Bun.spawn(command(program, args), { stdout: "ignore", stderr: "pipe", cwd: folder, env });
      if ((await child.exited) !== 0) throw new Error(await new Response(child.stderr).text());
    },
  };
}

async function runCluster(host: Host, more: Readonly<Record<string, string>>): Promise<PostgresCluster> {
  const port = await freePort();
  const url = (database: string): string =>
    `postgres://${superuser.name}:${superuser.password}@127.0.0.1:${port}/${database}`;
  const options = Object.entries({ ...settings, ...more, port }).flatMap(([name, value]) => [
    "-c",
    `${name}=${value}`,
  ]);
  let server: ReturnType<typeof Bun.spawn> | undefined;
  let started: Promise<void> | undefined;

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    server?.kill(signal);
    await server?.exited;
    server = undefined;
    started = undefined;
  };

  const cluster: PostgresCluster = {
    port,
    url,
    start() {
      server ??= host.spawn("postgres", ["-D", host.data, ...options]);
      started ??= runStatements(url("postgres"), ["select 1"]);
      return started;
    },
    stop: () => end("SIGINT"),
    kill: () => end("SIGQUIT"),
    async copy() {
      const other = await createHost(host.programs);
      const from = ["-h", "127.0.0.1", "-p", `${port}`, "-U", superuser.name];
      await other.run("pg_basebackup", [...from, "-D", other.data, "-X", "fetch", "-c", "fast", "--no-sync"]);
      return runCluster(other, more);
    },
    async [Symbol.asyncDispose]() {
      await end("SIGQUIT");
      await rm(host.folder, { recursive: true, force: true });
    },
  };
  await cluster.start();
  return cluster;
}

/**
 * Runs statements. If the server doesn't accept connections yet, tries again, with at most 200 attempts in all. If
 * the connection is reset during the statements, runs all statements again.
 */
async function runStatements(url: string, statements: readonly string[]): Promise<void> {
  for (let tries = 1; ; tries++) {
    const boss = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => {} });
    try {
      await boss`select 1`;
      for (const statement of statements) await boss.unsafe(statement);
      return;
    } catch (err) {
      if (tries === 200 || !isStarting(err)) throw err;
      await Bun.sleep(25);
    } finally {
      await boss.end({ timeout: 1 });
    }
  }
}

const isStarting = (err: unknown): boolean => {
  const code = (err as { code?: unknown }).code;
  return code === "57P03" || code === "ECONNREFUSED" || code === "ECONNRESET" || code === "CONNECT_TIMEOUT";
};

/**
 * If this process runs as root, makes the user `postgres` the owner of the folder and returns the ids of this user,
 * because the server refuses to run as root. Otherwise returns undefined: the server runs as the user of this process.
 */
async function serverUser(folder: string): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const passwd = await Bun.file("/etc/passwd").text();
  const [, , uid, gid] = /^postgres:.*$/m.exec(passwd)?.[0].split(":") ?? [];
  if (uid === undefined || gid === undefined)
    throw new Error("The server has to run as the user postgres, which does not exist.");
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
