// Creates each business's database as a branch of a Neon project. The branch is a child of the
// template branch, or of the branch that is copied.
import { randomBytes } from "node:crypto";
import { AppError } from "../../../errors.ts";
import type { BusinessCredentials, BusinessProvisioner, Database } from "../business-provisioner.ts";
import { databaseGone } from "../credentials.ts";
import type { HostedAccess } from "../technology.ts";
import type { NeonApi } from "./api.ts";
import { disposable, ensureNeonGolden, neonDatabase, neonUrl, type NeonGolden } from "./golden.ts";
import { neonFieldsOf, noNeonKey, ownerUrlOf } from "./owner.ts";
import { createRole, grantRows, keepToItself, quoted } from "../../drivers/postgres-rights.ts";
import { randomPassword } from "../role-password.ts";
import { sqlStateOf } from "../sql-state.ts";

export interface NeonProvisionerOptions<Tables> {
  /**
   * The project in which new branches are created. `dropEvery` needs it, and so does `provision` for a branch that is
   * not a copy: without a project, these calls throw UNAVAILABLE. All other calls use the project in the credentials.
   */
  readonly projectId: string | undefined;
  /**
   * The API key. Without a key, `open` works only for a database that needs no migration. Every other
   * call that creates, opens, migrates or deletes a database throws UNAVAILABLE.
   */
  readonly access: HostedAccess | undefined;
  readonly migrations: string;
  /** Opens a database as the role in the URL. */
  readonly openDatabase: (url: string) => Promise<Database<Tables>>;
}

const businessRole = "rondo_business";

const prefixOf = (businessId: string): string => `rondo-${businessId.slice(0, 40)}-`;

export function createNeonProvisioner<Tables>(
  options: NeonProvisionerOptions<Tables>,
): BusinessProvisioner<Tables> {
  const { access, migrations, openDatabase } = options;
  const apis = new Map<string, Promise<NeonApi>>();
  const upgrades = new Map<string, Promise<void>>();
  const upToDate = new Set<string>();
  let golden: Promise<NeonGolden> | undefined;

  function goldenOf(from: NeonApi): Promise<NeonGolden> {
    golden ??= ensureNeonGolden({ api: from, migrations, openDatabase });
    golden.catch(() => {
      golden = undefined;
    });
    return golden;
  }

  /** Loads the code for Neon's API at its first use, because opening a database doesn't need it. */
  async function apiFor(projectId: string | undefined): Promise<NeonApi> {
    if (access === undefined) throw noNeonKey();
    if (projectId === undefined) throw noProject();
    const known = apis.get(projectId);
    if (known !== undefined) return known;
    const api = import("./api.ts").then(({ createNeonApi }) => createNeonApi({ ...access, projectId }));
    apis.set(projectId, api);
    return api;
  }

  /**
   * Creates the role `businessRole`, and allows it to read and write the rows. If the branch has
   * inherited this role, the role is not created, but gets a new password. Returns the URL with
   * which the role connects.
   */
  async function furnish(from: NeonApi, branchId: string): Promise<string> {
    const url = await ownerUrlOf(from, branchId);
    // A new branch has the same passwords as its parent, so each password is changed. `ownerUrlOf` has already changed
    // the owner's password. This loop changes the others, except the password of `businessRole`, which is set below.
    const roles = await from.rolesOf(branchId);
    for (const role of roles) {
      if (role !== new URL(url).username && role !== businessRole) await from.rotatePassword(branchId, role);
    }
    await using database = disposable(await openDatabase(url));
    const password = randomPassword();
    if (roles.includes(businessRole))
      await database.run(`alter role ${quoted(businessRole)} password '${password}'`, []);
    else await createRole(database, businessRole, password);
    for (const { name } of await from.databasesOf(branchId)) await keepToItself(database, name);
    await database.run(`grant connect on database ${quoted(neonDatabase)} to ${quoted(businessRole)}`, []);
    await grantRows(database, businessRole);
    return neonUrl(new URL(url).host, businessRole, password, neonDatabase);
  }

  /**
   * Migrates a branch as its owner. Concurrent calls in this process for the same branch share one
   * migration, because each migration resets the owner's password.
   */
  function upgrade(from: NeonApi, branchId: string): Promise<void> {
    const known = upgrades.get(branchId);
    if (known !== undefined) return known;
    const upgrading = (async () => {
      await using database = disposable(await openDatabase(await ownerUrlOf(from, branchId)));
      await database.migrate();
    })();
    upgrades.set(branchId, upgrading);
    const forget = (): void => void upgrades.delete(branchId);
    upgrading.then(forget, forget);
    return upgrading;
  }

  async function bringUpToDate(credentials: BusinessCredentials, database: Database<Tables>): Promise<void> {
    const { branchId } = neonFieldsOf(credentials);
    // One migration per process is enough: the migrations of a process never change, and a migrated database stays
    // migrated.
    if (upToDate.has(branchId)) return;
    for (let tries = 1; ; tries++) {
      try {
        await database.migrate();
        upToDate.add(branchId);
        return;
      } catch (err) {
        if (sqlStateOf(err) !== "42501" || tries === 3) throw err;
        const { projectId } = neonFieldsOf(credentials);
        // If the login of the owner is refused (28...), another process may be migrating the same
        // branch and have reset the owner's password. So the first refusal is ignored.
        await upgrade(await apiFor(projectId), branchId).catch((cause: unknown) => {
          if (tries === 2 || !/^28/.test(sqlStateOf(cause))) throw cause;
        });
      }
    }
  }

  async function open(credentials: BusinessCredentials): Promise<Database<Tables>> {
    const database = await openDatabase(neonFieldsOf(credentials).url);
    try {
      await bringUpToDate(credentials, database);
      return database;
    } catch (err) {
      await database.close();
      throw /^(3D000|28)/.test(sqlStateOf(err)) ? databaseGone(err) : err;
    }
  }

  async function branchFrom(
    from: NeonApi,
    { parentId, projectId }: { readonly parentId: string; readonly projectId: string | undefined },
    businessId: string,
  ): Promise<BusinessCredentials> {
    const name = `${prefixOf(businessId)}${randomBytes(4).toString("hex")}`;
    try {
      const { id } = await from.createBranch(name, parentId);
      const url = await furnish(from, id);
      return { engine: "neon", url, branchId: id, projectId: projectId ?? "" };
    } catch (err) {
      // The search by name also finds a branch that was created although `createBranch` failed.
      const left = await from.findBranch(name).catch(() => undefined);
      if (left) await from.deleteBranch(left.id).catch(() => undefined);
      throw err;
    }
  }

  return {
    engine: "neon",
    async provision(businessId, copied) {
      if (copied === undefined) {
        const { projectId } = options;
        const from = await apiFor(projectId);
        return branchFrom(from, { parentId: (await goldenOf(from)).branchId, projectId }, businessId);
      }
      const { branchId, projectId } = neonFieldsOf(copied.source);
      return branchFrom(await apiFor(projectId), { parentId: branchId, projectId }, businessId);
    },
    open,
    async openAsOwner(credentials) {
      const { branchId, projectId } = neonFieldsOf(credentials);
      await (await open(credentials)).close();
      return openDatabase(await ownerUrlOf(await apiFor(projectId), branchId));
    },
    // Branches share no server, because each branch has its own compute.
    sharedBy: () => undefined,
    async drop(credentials) {
      const { branchId, projectId } = neonFieldsOf(credentials);
      upToDate.delete(branchId);
      await (await apiFor(projectId)).deleteBranch(branchId);
    },
    async dropEvery({ businessId }) {
      const from = await apiFor(options.projectId);
      for (const { id } of await from.findBranches(prefixOf(businessId))) await from.deleteBranch(id);
    },
    async close() {},
  };
}

const noProject = (): AppError =>
  new AppError("UNAVAILABLE", "No Neon project is known in which a branch could be created or deleted.", {
    hint: "Set RONDO_BUSINESS_URL to neon:<project-id>, or pass --to or --admin neon:<project-id>.",
  });
