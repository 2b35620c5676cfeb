// Reports the version of a MongoDB server, whether the server is replicated, and whether the user of the URL is allowed
// to create users. The operator can thus check a URL before using it. The check writes nothing.
import { AppError } from "../../../errors.ts";
import { createConnection } from "./connection.ts";

export interface MongoReport {
  readonly version: string;
  /** Whether the server has transactions and change streams. Without them, the chunk store polls the streams. */
  readonly isReplicated: boolean;
  /** Whether the user is allowed to create users in at least one database. Undefined if this can't be found out. */
  readonly canMakeUsers: boolean | undefined;
}

const versionMin = "4.4";
const wireVersionMin = 9;

/**
 * Errors: UNAVAILABLE (the server is not reachable or refuses the credentials), CONFIG_INVALID (the server is too old,
 * or the URL is not a MongoDB URL).
 */
export async function inspectMongo(url: string): Promise<MongoReport> {
  const connection = connectionTo(url);
  const ask = (command: Record<string, unknown>) =>
    connection.run(() => connection.client.db("admin").command(command));
  try {
    const hello = await ask({ hello: 1 });
    const { version } = await ask({ buildInfo: 1 });
    if (Number(hello.maxWireVersion) < wireVersionMin) {
      throw new AppError(
        "CONFIG_INVALID",
        `MongoDB ${version} is too old: ${versionMin} or newer is needed.`,
      );
    }
    const { isReplicated } = await connection.deployment();
    return { version: String(version), isReplicated, canMakeUsers: await canMakeUsers(ask) };
  } finally {
    await connection.close();
  }
}

function connectionTo(url: string) {
  try {
    return createConnection(url);
  } catch (err) {
    throw new AppError("CONFIG_INVALID", "The URL is not a MongoDB URL.", {
      hint: "Write it like mongodb://user:password@host:27017/?replicaSet=rs0",
      cause: err,
    });
  }
}

interface Privilege {
  readonly actions?: readonly string[];
}

async function canMakeUsers(
  ask: (command: Record<string, unknown>) => Promise<Record<string, unknown>>,
): Promise<boolean | undefined> {
  try {
    const { authInfo } = await ask({ connectionStatus: 1, showPrivileges: true });
    const { authenticatedUserPrivileges: privileges } = authInfo as {
      authenticatedUserPrivileges?: readonly Privilege[];
    };
    return privileges?.some(({ actions }) => actions?.includes("createUser")) ?? false;
  } catch {
    return undefined;
  }
}
