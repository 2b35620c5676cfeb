// Creates a database and a role for each business on a Postgres server.
import { randomBytes } from "node:crypto";
import { AppError } from "../../../errors.ts";
import type { BusinessCredentials, BusinessProvisioner, Database } from "../business-provisioner.ts";
import { databaseGone, fieldOf } from "../credentials.ts";
import { ensureGolden } from "./golden.ts";
import { createRole, grantRows, keepToItself, quoted } from "../../drivers/postgres-rights.ts";
import { randomPassword, scramVerifierOf } from "../role-password.ts";
import { sqlStateOf } from "../sql-state.ts";

export interface PostgresProvisionerOptions<Tables> {
  /**
   * The URL of a database, with the login of the role that owns this database. The role must have the permission to
   * create databases and roles, but need not be a superuser. Databases on the server of `adminUrl` can be created,
   * deleted, migrated and opened. Databases on other servers can only be opened. If such a database lacks a migration,
   * opening it fails with UNAVAILABLE. If `adminUrl` is undefined, every database counts as a database on another
   * server.
   */
  readonly adminUrl: string | undefined;
  readonly migrations: string;
  /** Opens a database as the role in the URL. */
  readonly openDatabase: (url: string) => Promise<Database<Tables>>;
  /** Copies all rows of a database into another database with the same tables. Both URLs contain the owner's login. */
  readonly copyRows: (fromUrl: string, toUrl: string) => Promise<void>;
}

export function createPostgresProvisioner<Tables>(
  options: PostgresProvisionerOptions<Tables>,
): BusinessProvisioner<Tables> {
  const { migrations, openDatabase } = options;
  let opened: Promise<Database<Tables>> | undefined;
  let golden: Promise<string> | undefined;
  const connections = new Map<string, Promise<number>>();
  const upToDate = new Set<string>();

  const isHere = (url: string): boolean =>
    options.adminUrl !== undefined && new URL(url).host === new URL(options.adminUrl).host;

  function adminUrlTo(database?: string): string {
    if (options.adminUrl === undefined) throw elsewhere();
    return database === undefined ? options.adminUrl : urlTo(options.adminUrl, database);
  }

  function openAdmin(): Promise<Database<Tables>> {
    opened ??= (async () => {
      const adminUrl = adminUrlTo();
      const admin = await openDatabase(adminUrl);
      await keepToItself(admin, decodeURIComponent(new URL(adminUrl).pathname.slice(1)));
      return admin;
    })();
    opened.catch(() => {
      opened = undefined;
    });
    return opened;
  }

  const openAsAdmin = async (name: string): Promise<Database<Tables>> => openDatabase(adminUrlTo(name));

  function goldenOf(admin: Database<Tables>): Promise<string> {
    golden ??= ensureGolden({ migrations, admin, openDatabase: openAsAdmin });
    golden.catch(() => {
      golden = undefined;
    });
    return golden;
  }

  async function make(admin: Database<Tables>, name: string, password: string): Promise<void> {
    await createRole(admin, name, scramVerifierOf(password));
    await admin.run(`create database ${quoted(name)} template ${quoted(await goldenOf(admin))}`, []);
    // Connect permissions are not copied from the template.
    await keepToItself(admin, name);
    await admin.run(`grant connect on database ${quoted(name)} to ${quoted(name)}`, []);
    const database = await openAsAdmin(name);
    try {
      await grantRows(database, name);
    } finally {
      await database.close();
    }
  }

  async function remove(name: string): Promise<void> {
    const admin = await openAdmin();
    const { rows } = await admin.run("select 1 from pg_roles where rolname = $1", [name]);
    // Postgres lets only the members of a role terminate the connections of this role.
    if (rows.length > 0) await admin.run(`grant ${quoted(name)} to current_user`, []);
    await admin.run(`drop database if exists ${quoted(name)} with (force)`, []);
    await admin.run(`drop role if exists ${quoted(name)}`, []);
  }

  /**
   * Applies missing migrations. The business's role is allowed to read which migrations were applied, but not to apply
   * more. So the administrator applies the missing migrations.
   */
  async function bringUpToDate(url: string, database: Database<Tables>): Promise<void> {
    // Each process migrates a database only once, because the migrations of a process never change, and a migrated
    // database stays migrated.
    if (upToDate.has(url)) return;
    try {
      await database.migrate();
    } catch (err) {
      if (sqlStateOf(err) !== "42501") throw err;
      if (!isHere(url)) throw elsewhere();
      const admin = await openAsAdmin(nameOf(url));
      try {
        await admin.migrate();
      } finally {
        await admin.close();
      }
    }
    upToDate.add(url);
  }

  /** Returns the server's connection limit. The limit is read with the login in `url` once, and then remembered. */
  function connectionsOf(server: string, url: string): Promise<number> {
    const known = connections.get(server);
    if (known !== undefined) return known;
    const asked = (async () => {
      const database = await openDatabase(url);
      try {
        const { rows } = await database.run(
          `select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
             - coalesce(current_setting('reserved_connections', true)::int, 0) as "connections"`,
          [],
        );
        return Number(rows[0]?.connections);
      } catch (err) {
        throw isGone(err) ? databaseGone(err) : err;
      } finally {
        await database.close();
      }
    })();
    connections.set(server, asked);
    asked.catch(() => connections.delete(server));
    return asked;
  }

  async function open(credentials: BusinessCredentials): Promise<Database<Tables>> {
    const url = urlOf(credentials);
    const database = await openDatabase(url);
    try {
      await bringUpToDate(url, database);
      return database;
    } catch (err) {
      await database.close();
      throw isGone(err) ? databaseGone(err) : err;
    }
  }

  return {
    engine: "postgres",
    /**
     * Creates a database. For a copy, all rows of the source database are read in one snapshot and inserted. The source
     * is not used as the template of CREATE DATABASE, because a template must not have connections. So the source would
     * have to refuse connections during the copy, and after a crash of this process it would refuse them until an
     * operator intervened.
     */
    async provision(businessId, copied) {
      const from = copied && urlOf(copied.source);
      if (from !== undefined && !isHere(from)) throw elsewhere();
      const name = databaseNameOf(businessId);
      const password = randomPassword();
      const url = urlTo(adminUrlTo(), name, { role: name, password });
      try {
        await make(await openAdmin(), name, password);
        if (copied !== undefined && from !== undefined) {
          await copied.addTables({ engine: "postgres", url });
          await options.copyRows(adminUrlTo(nameOf(from)), adminUrlTo(name));
        }
      } catch (err) {
        await remove(name).catch(() => undefined); // the original error is reported, not an error of the cleanup
        throw copied !== undefined && isGone(err) ? databaseGone(err) : err;
      }
      return { engine: "postgres", url };
    },
    open,
    async openAsOwner(credentials) {
      const url = urlOf(credentials);
      if (!isHere(url)) throw elsewhere();
      await (await open(credentials)).close();
      return openAsAdmin(nameOf(url));
    },
    sharedBy(credentials) {
      const url = urlOf(credentials);
      const server = new URL(url).host;
      return { server, connections: () => connectionsOf(server, url) };
    },
    async drop(credentials) {
      const url = urlOf(credentials);
      if (!isHere(url)) throw elsewhere();
      upToDate.delete(url);
      await remove(nameOf(url));
    },
    async dropEvery({ businessId }) {
      const admin = await openAdmin();
      const { rows } = await admin.run(
        `select datname as name from pg_database where datname ~ $1 union select rolname from pg_roles where rolname ~ $1`,
        [`^${prefixOf(businessId)}[0-9a-f]{8}$`],
      );
      for (const { name } of rows) await remove(String(name));
    },
    async close() {
      await (await opened?.catch(() => undefined))?.close();
    },
  };
}

const urlOf = (credentials: BusinessCredentials): string => fieldOf(credentials, "postgres", "url");
const nameOf = (url: string): string => new URL(url).pathname.slice(1);

/** The business id in the name is for operators; the random suffix distinguishes two databases of one business. */
const databaseNameOf = (businessId: string): string =>
  `${prefixOf(businessId)}${randomBytes(4).toString("hex")}`;

const prefixOf = (businessId: string): string =>
  `rondo_${businessId
    .replace(/[^a-z0-9]/gi, "")
    .toLowerCase()
    .slice(0, 40)}_`;

function urlTo(adminUrl: string, database: string, user?: { role: string; password: string }): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  if (user) {
    url.username = user.role;
    url.password = user.password;
  }
  return url.href;
}

const elsewhere = (): AppError =>
  new AppError(
    "UNAVAILABLE",
    "The business's database is on a server that this process has no administrator credentials for.",
    {
      hint: "Point RONDO_BUSINESS_URL at that server to change or delete its databases.",
    },
  );

/** Returns whether the database is missing (3D000), or its role is missing or refused (28…). */
const isGone = (err: unknown): boolean => /^(3D000|28)/.test(sqlStateOf(err));
