// What a MongoDB says of itself, for whoever checks a URL before relying on it. Writes nothing.
import { AppError } from "../../../errors.ts";
import { createConnection } from "./connection.ts";

export interface MongoReport {
  readonly version: string;
  /** Has transactions and change streams; else streams are asked about in turns. */
  readonly isReplicated: boolean;
  /** Undefined where the server doesn't tell. */
  readonly canMakeUsers: boolean | undefined;
}

const versionMin = "4.4";
const wireVersionMin = 9;

/** Errors: UNAVAILABLE (away, or refuses the credentials), CONFIG_INVALID (too old, or no URL of a MongoDB). */
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
    throw new AppError("CONFIG_INVALID", "The URL is not one of a MongoDB.", {
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
