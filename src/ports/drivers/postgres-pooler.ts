// Detects whether a connection pooler in front of Postgres shares sessions or refuses Rondo's session
// settings.
import postgres from "postgres";
import { AppError } from "../../errors.ts";
import { postgresErrorOf, sessionSettings } from "../database/postgres/client.ts";

const rounds = 4;

/**
 * Opens two connections and compares their sessions. Throws CONFIG_INVALID in two cases:
 * - The connections share sessions. One connection would then get the settings and prepared
 *   statements of the other.
 * - A pooler refuses a setting of the session.
 *
 * Throws UNAVAILABLE if no server answers or the server refuses the login.
 */
export async function refuseSharedSessions(url: string): Promise<void> {
  const [one, other] = [connect(url), connect(url)];
  try {
    const seen = { one: new Set<number>(), other: new Set<number>() };
    for (let round = 0; round < rounds; round += 1) {
      seen.one.add(await backendOf(one));
      seen.other.add(await backendOf(other));
    }
    if (seen.one.size + seen.other.size > 2 || !seen.one.isDisjointFrom(seen.other)) throw shared();
  } catch (err) {
    throw isRefusedByPooler(err) ? poolerRefusal(err) : postgresErrorOf(err);
  } finally {
    await Promise.all([one.end({ timeout: 1 }), other.end({ timeout: 1 })]);
  }
}

const connect = (url: string): postgres.Sql =>
  postgres(url, {
    max: 1,
    connect_timeout: 10,
    fetch_types: false,
    onnotice: () => {},
    connection: sessionSettings,
  });

async function backendOf(connection: postgres.Sql): Promise<number> {
  // The statement is not prepared, because a pooler that shares sessions might refuse a prepared statement.
  const [row] = await connection.unsafe<{ pid: number }[]>("select pg_backend_pid() as pid").simple();
  return row!.pid;
}

const shared = () =>
  new AppError(
    "CONFIG_INVALID",
    "The connection pooler shares one Postgres session between several connections.",
    {
      hint: "Set its mode to session (pgbouncer.ini: pool_mode = session), or connect to Postgres directly: Rondo has its own connection pool.",
    },
  );

/**
 * Returns whether PgBouncer refuses the connection because of a startup parameter. PgBouncer uses one code for all of
 * its errors, even for an unavailable server, so the text of the error has to be compared.
 */
export const isRefusedByPooler = (err: unknown): err is Error =>
  err instanceof Error &&
  (err as { code?: unknown }).code === "08P01" &&
  err.message.startsWith("unsupported startup parameter");

export function poolerRefusal(err: Error): AppError {
  const names = Object.keys(sessionSettings).filter((name) => name !== "application_name");
  return new AppError(
    "CONFIG_INVALID",
    `The connection pooler in front of Postgres refuses the connection: ${err.message}.`,
    {
      hint: `Let it ignore these session settings (pgbouncer.ini: ignore_startup_parameters = ${names.join(", ")}), or connect to Postgres directly: Rondo has its own connection pool.`,
      cause: err,
    },
  );
}
