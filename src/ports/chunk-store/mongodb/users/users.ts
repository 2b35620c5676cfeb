// Creates a MongoDB user for each business. The user can read and write only the database of that business. The
// password of the user is derived from a key and not stored.
import { createHmac } from "node:crypto";
import { type Db, type MongoClient, type MongoClientOptions, MongoServerError } from "mongodb";
import { isRefused } from "../errors.ts";

export interface BusinessUser {
  readonly database: string;
  readonly username: string;
  readonly password: string;
}

const userExists = 51_003;
const userMissing = 11;

export const userOf = (database: string, key: Uint8Array): BusinessUser => ({
  database,
  username: database,
  password: createHmac("sha256", key).update(`mongodb user of ${database}`).digest("base64url"),
});

/** Creates the user, or resets the password and roles of an existing user. */
export async function ensureUser(
  admin: MongoClient,
  { database, username, password }: BusinessUser,
): Promise<void> {
  const db = admin.db(database);
  const settings = { pwd: password, roles: [{ role: "readWrite", db: database }] };
  try {
    await db.command({ createUser: username, ...settings });
  } catch (err) {
    if (!(err instanceof MongoServerError) || err.code !== userExists) throw err;
    await db.command({ updateUser: username, ...settings });
  }
}

/**
 * Drops an emptied database and its MongoDB user, as far as the server allows this. If the server doesn't support a
 * command, or if the user in the store's URL has no permission for it, the empty database or its user stays, and no
 * error is thrown.
 */
export async function dropWhatItMay(db: Db): Promise<void> {
  for (const command of [{ dropDatabase: 1 }, { dropUser: db.databaseName }]) {
    try {
      await db.command(command);
    } catch (err) {
      const isMissing = err instanceof MongoServerError && err.code === userMissing;
      if (!isMissing && !cannotMakeUsers(err)) throw err;
    }
  }
}

/**
 * Returns whether the error means that the user in the store's URL has no permission for the command, or that the
 * server doesn't support the command.
 */
export const cannotMakeUsers = (err: unknown): boolean =>
  isRefused(err) || (err instanceof MongoServerError && unknownCommands.has(Number(err.code)));

const unknownCommands = new Set([59, 115, 238, 8_000]);

export const connectAs = ({ database, username, password }: BusinessUser): MongoClientOptions => ({
  auth: { username, password },
  authSource: database,
  maxPoolSize: 4,
});
