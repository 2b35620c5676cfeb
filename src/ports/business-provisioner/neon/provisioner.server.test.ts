import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import postgres from "postgres";
import { type NeonStandIn, startNeonStandIn } from "../../../testing/servers/neon/neon-stand-in.ts";
import { postgresPrograms } from "../../../testing/servers/postgres/postgres-server.ts";
import { openNeon } from "../../database/neon/database.ts";
import type { BusinessCredentials, BusinessProvisioner } from "../business-provisioner.ts";
import { addShelf, businessProvisionerContract, migrations, type ShelfTables } from "../contract.ts";
import { createNeonProvisioner } from "./provisioner.ts";

const programs = postgresPrograms();

const provisionerOn = (neon: NeonStandIn, folder = migrations, apiKey = neon.apiKey) =>
  createNeonProvisioner<ShelfTables>({
    projectId: neon.projectId,
    access: { apiKey, apiUrl: neon.apiUrl },
    migrations: folder,
    openDatabase: (url) => openNeon({ url, migrations: folder }),
  });

/**
 * Returns "ok" if Neon executes the statement as the URL's role. Otherwise returns the SQLSTATE or
 * the error's code.
 */
async function answerTo(url: string, statement = "select 1"): Promise<string> {
  const database = await openNeon({ url, migrations });
  try {
    await database.run(statement, []);
    return "ok";
  } catch (err) {
    const { code, cause } = err as { code: string; cause?: { code?: string } };
    return cause?.code ?? code;
  } finally {
    await database.close();
  }
}

const at = (url: string, change: Partial<Pick<URL, "host" | "pathname" | "username" | "password">>): string =>
  Object.assign(new URL(url), change).href;

describe.skipIf(programs === undefined)("on Neon (skipped where no Postgres server is installed),", () => {
  businessProvisionerContract(async () => {
    const neon = await startNeonStandIn();
    return {
      open: (folder) => provisionerOn(neon, folder),
      holdings: async () =>
        neon
          .branchNames()
          .filter((name) => !name.startsWith("rondo-golden-"))
          .toSorted(),
      [Symbol.asyncDispose]: () => neon[Symbol.asyncDispose](),
    };
  });

  describe.each(["new", "copied"])("a %s branch", (kind) => {
    let neon: NeonStandIn;
    let provisioner: BusinessProvisioner<ShelfTables>;
    let both: readonly BusinessCredentials[] = [];
    const urls = (): [string, string] => both.map(({ url }) => url!) as [string, string];

    beforeAll(async () => {
      neon = await startNeonStandIn();
      provisioner = provisionerOn(neon);
      const first = await provisioner.provision("a");
      both = [
        first,
        kind === "new"
          ? await provisioner.provision("b")
          : await provisioner.provision("b", { source: first, addTables: async () => undefined }),
      ];
    }, 60_000);
    afterAll(() => neon[Symbol.asyncDispose](), 60_000);

    test("can't be opened with the credentials of another branch", async () => {
      const [one, other] = urls();
      expect(await answerTo(one)).toBe("ok");
      expect(await answerTo(other)).toBe("ok");
      expect(await answerTo(at(one, { host: new URL(other).host }))).toBe("28P01");
      expect(await answerTo(at(other, { host: new URL(one).host }))).toBe("28P01");
    }, 60_000);

    test("can't be opened with a password that is valid only on other branches", async () => {
      const inherited = neon.branchNames().flatMap((name) => neon.passwordsOf(name));
      expect(inherited.length).toBeGreaterThan(2);
      for (const url of urls()) {
        const own = neon.passwordsOf(neon.branchNames().find((name) => url.includes(neon.hostOf(name)))!);
        for (const { role, password } of inherited) {
          if (own.some((one) => one.role === role && one.password === password)) continue;
          expect(await answerTo(at(url, { username: role, password }))).toBe("28P01");
        }
      }
    }, 60_000);

    test("gives its role access only to the rows of one database", async () => {
      const [one] = urls();
      expect(await answerTo(at(one, { pathname: "/neondb" }))).toBe("42501");
      for (const statement of ["drop table shelves", "create table more (id int)", "create role more"]) {
        expect(await answerTo(one, statement)).toBe("42501");
      }
      expect(await answerTo(one, "insert into shelves values ('a', 'A')")).toBe("ok");
    }, 60_000);

    test("starts its suspended compute when the business's database is opened", async () => {
      const name = neon.branchNames().find((one) => urls()[0].includes(neon.hostOf(one)))!;
      await neon.sleep(name);
      const database = await provisioner.open(both[0]!);
      await addShelf(database, "awake");
      await database.close();
    }, 60_000);

    test("can get sibling branches while other operations lock the project", async () => {
      const before = neon.answered(423);
      const more = await Promise.all(["c", "d", "e"].map((id) => provisioner.provision(id)));
      expect(neon.answered(423)).toBeGreaterThan(before);
      for (const credentials of more) {
        expect(await answerTo(credentials.url!)).toBe("ok");
        await provisioner.drop(credentials);
      }
    }, 60_000);
  });

  test("if Neon refuses the API key, the error names the setting for the key", async () => {
    await using neon = await startNeonStandIn();
    const outcome = provisionerOn(neon, migrations, "stale").provision("a");
    await expect(outcome).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      hint: expect.stringContaining("RONDO_NEON_API_KEY"),
    });
  }, 60_000);

  test("a project whose default branch has tables is refused and not changed", async () => {
    await using neon = await startNeonStandIn();
    const boss = postgres(neon.superuserUrl("main", "neondb"), { max: 1 });
    await boss`create table customers (id int)`;
    await boss.end({ timeout: 1 });
    await expect(provisionerOn(neon).provision("a")).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      publicMessage: expect.stringContaining("neondb"),
    });
    expect(neon.branchNames()).toEqual(["main"]);
  }, 60_000);
});
