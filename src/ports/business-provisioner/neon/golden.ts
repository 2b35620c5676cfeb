// Creates the template branch, which is the parent of every new business's branch. The template has the schema and no
// rows. Each version of the schema has its own template.
import { randomBytes } from "node:crypto";
import { isAppError } from "../../../errors.ts";
import type { Database } from "../business-provisioner.ts";
import type { NeonApi } from "./api.ts";
import { unfit } from "./unfit.ts";
import { schemaVersion } from "../schema-version.ts";

/** The name of the database on every branch. */
export const neonDatabase = "rondo";

export interface NeonGolden {
  readonly branchId: string;
  /** The owner of the database and its tables. */
  readonly owner: string;
}

export interface NeonGoldenOptions<Tables> {
  readonly api: NeonApi;
  readonly migrations: string;
  readonly openDatabase: (url: string) => Promise<Database<Tables>>;
}

/** Creates the template branch if it is missing. If several processes do so at the same time, only one branch stays. */
export async function ensureNeonGolden<Tables>(options: NeonGoldenOptions<Tables>): Promise<NeonGolden> {
  const { api } = options;
  const name = `rondo-golden-${await schemaVersion(options.migrations)}`;
  const known = await api.findBranch(name);
  if (known) return goldenOf(api, known.id);
  // The branch is created under another name, so that no process uses it before it is complete.
  const draft = await api.createBranch(
    `${name}-${randomBytes(4).toString("hex")}`,
    (await api.defaultBranch()).id,
  );
  try {
    await fill(options, draft.id);
    await api.renameBranch(draft.id, name);
    return await goldenOf(api, draft.id);
  } catch (err) {
    await api.deleteBranch(draft.id);
    const others = isAppError(err, "CONFLICT") ? await api.findBranch(name) : undefined;
    if (others) return goldenOf(api, others.id);
    throw err;
  }
}

async function goldenOf(api: NeonApi, branchId: string): Promise<NeonGolden> {
  const found = (await api.databasesOf(branchId)).find(({ name }) => name === neonDatabase);
  if (!found)
    throw unfit(`The Neon branch that new branches are made from has no database "${neonDatabase}".`);
  return { branchId, owner: found.owner };
}

async function fill<Tables>(options: NeonGoldenOptions<Tables>, branchId: string): Promise<void> {
  const { api, openDatabase } = options;
  const databases = await api.databasesOf(branchId);
  const [first] = databases;
  if (!first) throw unfit("The Neon project's default branch has no database.");
  const host = await api.hostOf(branchId, first.name, first.owner);
  const password = await api.rotatePassword(branchId, first.owner);
  const urlTo = (database: string): string => neonUrl(host, first.owner, password, database);
  for (const { name } of databases) {
    await using database = disposable(await openDatabase(urlTo(name)));
    await refuseData(database, name);
    if (name === first.name) await database.run(`create database ${neonDatabase}`, []);
  }
  await using made = disposable(await openDatabase(urlTo(neonDatabase)));
  await made.migrate();
}

/**
 * Throws CONFIG_INVALID if the database has a table, or if it has the name `neonDatabase`. A child branch inherits all
 * data of its parent, so rows in the parent would appear in every business.
 */
async function refuseData(database: Pick<Database<unknown>, "run">, name: string): Promise<void> {
  const { rows } = await database.run(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'm') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_' limit 1`,
    [],
  );
  if (rows.length === 0 && name !== neonDatabase) return;
  throw unfit(`The Neon project's default branch already has tables or data (in its database "${name}").`);
}

export function neonUrl(host: string, role: string, password: string, database: string): string {
  const url = new URL(`postgresql://${host}/${database}?sslmode=require`);
  url.username = role;
  url.password = password;
  return url.href;
}

export const disposable = <Tables>(database: Database<Tables>): Database<Tables> & AsyncDisposable =>
  Object.assign(database, { [Symbol.asyncDispose]: () => database.close() });
