// Starts PgBouncer in front of a Postgres server, in a given pool mode.
import { freePort } from "../free-port.ts";
import { chmod, writeFile } from "node:fs/promises";
import { createTemporaryDirectory } from "../../temporary-directory.ts";
import { startProgram } from "../started-program.ts";

export interface PgBouncer extends AsyncDisposable {
  /** `url` is a URL of the Postgres server. Returns this URL with the host and the port of PgBouncer. */
  through(url: string): string;
}

export interface PgBouncerOptions {
  readonly server: { readonly host: string; readonly port: number };
  /** The name and the password of the Postgres role with which every client of PgBouncer connects. */
  readonly user: { readonly name: string; readonly password: string };
  readonly mode: "session" | "transaction" | "statement";
  /** Additional lines for pgbouncer.ini. */
  readonly more?: readonly string[];
}

export async function startPgBouncer({
  server,
  user,
  mode,
  more = [],
}: PgBouncerOptions): Promise<PgBouncer> {
  await using started = new AsyncDisposableStack();
  const directory = started.use(await createTemporaryDirectory());
  const port = freePort();
  await chmod(directory.path, 0o755);
  const users = `${directory.path}/users.txt`;
  const settings = `${directory.path}/pgbouncer.ini`;
  await writeFile(users, `"${user.name}" "${user.password}"\n`);
  await writeFile(
    settings,
    [
      "[databases]",
      `* = host=${server.host} port=${server.port}`,
      "[pgbouncer]",
      "listen_addr = 127.0.0.1",
      `listen_port = ${port}`,
      "unix_socket_dir =",
      "auth_type = scram-sha-256",
      `auth_file = ${users}`,
      `pool_mode = ${mode}`,
      ...more,
      "",
    ].join("\n"),
  );
  for (const file of [users, settings]) await chmod(file, 0o644);
  // PgBouncer refuses to run as root.
  const asNobody = process.getuid?.() === 0 ? ["-u", "nobody"] : [];
  const isReady = () =>
    Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } }).then(
      (socket) => {
        socket.end();
        return true;
      },
      () => false,
    );
  const command = ["pgbouncer", ...asNobody, settings];
  started.use(await startProgram({ command, isReady, signal: "SIGKILL" }));
  const all = started.move();
  return {
    through: (url) => Object.assign(new URL(url), { hostname: "127.0.0.1", port: String(port) }).href,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
