// Tests the doctor on working and on faulty embedded stores and HTTP services. Each fault is reported under its
// setting, with a hint.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmod, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { credentialsContext } from "../businesses/databases/open-databases.ts";
import { checkMasterKey } from "../businesses/secrets/check-master-key.ts";
import type { ControlTables } from "../businesses/tables/control-schema.ts";
import { loadMasterKeys } from "../businesses/secrets/master-key-file.ts";
import { createSealing } from "../businesses/secrets/sealing.ts";
import { readConfig } from "../config/config.ts";
import { openSqlite } from "../ports/database/sqlite/database.ts";
import { complaintsOf, examined, examinedUrl, nobody, statesOf } from "../testing/examined.ts";
import { startGcsServer } from "../testing/servers/gcs/gcs-server.ts";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";
import { createTestStores } from "../testing/test-stores.ts";
import { examine } from "./examine.ts";

setDefaultTimeout(60_000);

describe("the findings about embedded stores", () => {
  test("without settings, the examination finds no fault", async () => {
    await using directory = await createTemporaryDirectory();
    const data = join(directory.path, "deep", "data");
    const findings = await examine(readConfig({ RONDO_DATA: data }));
    expect(complaintsOf(findings)).toBe("");
    expect(findings.length).toBeGreaterThan(10);
    expect(existsSync(data)).toBe(false);
  });

  test("a former store whose content is being moved is examined under its own setting", async () => {
    await using directory = await createTemporaryDirectory();
    const former = {
      RONDO_OBJECTS_FROM: "file:/proc/rondo",
      RONDO_QUEUE_FROM: `sqlite:${directory.path}/jobs.db`,
    };
    const findings = await examine(readConfig({ RONDO_DATA: join(directory.path, "data"), ...former }));
    expect(complaintsOf(findings)).toContain("/proc is not writable");
    expect(findings.map(({ setting }) => setting)).toContain("RONDO_QUEUE_FROM");
  });

  test("a file or folder that a store can't use is reported", async () => {
    await using directory = await createTemporaryDirectory();
    const file = join(directory.path, "file");
    await Bun.write(file, "This text is not a database.");
    expect(complaintsOf(await examinedUrl("RONDO_CHUNKS_URL", `sqlite:${file}`))).toContain("is a file");
    expect(complaintsOf(await examinedUrl("RONDO_OBJECTS_URL", "file:/proc/rondo"))).toContain(
      "/proc is not writable",
    );
    expect(complaintsOf(await examinedUrl("RONDO_CONTROL_URL", `sqlite:${file}`))).toContain(
      "can't be read as a database",
    );
  });
});

describe("the findings about the stores of businesses", () => {
  test("damaged credentials of a business are reported", async () => {
    await using directory = await createTemporaryDirectory();
    const environment = { RONDO_DATA: join(directory.path, "data") };
    await using stores = await createTestStores(environment);
    const { kysely } = stores.deps.control;
    for (const slug of ["whole", "altered", "unreadable"]) await stores.createBusiness(slug);
    const [altered, unreadable] = await Promise.all(
      ["altered", "unreadable"].map((slug) =>
        kysely.selectFrom("businesses").select("id").where("slug", "=", slug).executeTakeFirstOrThrow(),
      ),
    );
    const noJson = stores.deps.sealing.seal(Buffer.from("{"), credentialsContext(unreadable!.id));
    for (const [id, credentials] of [
      [altered!.id, "v1.altered"],
      [unreadable!.id, noJson],
    ] as const)
      await kysely.updateTable("businesses").set({ credentials }).where("id", "=", id).execute();

    const findings = await examined("RONDO_BUSINESS_URL", environment);
    const complaints = complaintsOf(findings);
    for (const business of [`altered (${altered!.id})`, `unreadable (${unreadable!.id})`])
      expect(complaints).toContain(
        `The database of the business ${business} can't be used: Its credentials in the control database are damaged.`,
      );
    expect(complaints).toContain("Restore the control database from a backup. The other businesses continue");
    expect(findings.map(({ says }) => says)).toContain(
      "The databases of 1 business were opened and checked.",
    );
  });

  test("if the master key of existing businesses is missing, the examination creates no key", async () => {
    await using directory = await createTemporaryDirectory();
    const environment = { RONDO_DATA: join(directory.path, "data") };
    await using stores = await createTestStores(environment);
    await stores.createBusiness();
    const file = join(environment.RONDO_DATA, "master.key");
    await rm(file);
    expect(complaintsOf(await examined("RONDO_MASTER_KEY", environment))).toContain("There is no master key");
    expect(existsSync(file)).toBe(false);
  });
});

describe("the findings about the master key", () => {
  async function createData() {
    const directory = await createTemporaryDirectory();
    const masterKey = { file: join(directory.path, "master.key") };
    const control = await openSqlite<ControlTables>({
      file: join(directory.path, "control.db"),
      migrations: join(import.meta.dirname, "../../migrations/control"),
    });
    await control.migrate();
    await checkMasterKey(control, createSealing(await loadMasterKeys({ masterKey })));
    await control.close();
    return {
      file: masterKey.file,
      examined: (more: Record<string, string> = {}) =>
        examined("RONDO_MASTER_KEY", { RONDO_DATA: directory.path, ...more }),
      [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
    };
  }

  test("a key file that other users can read gives a warning", async () => {
    await using data = await createData();
    expect(statesOf(await data.examined())).toEqual(["good"]);
    await chmod(data.file, 0o644);
    expect(complaintsOf(await data.examined())).toContain("chmod 600");
  });

  test("a missing or wrong key for the existing data is a fault", async () => {
    await using data = await createData();
    const other = { RONDO_MASTER_KEY: Buffer.alloc(32, 1).toString("base64") };
    expect(complaintsOf(await data.examined(other))).toContain("created with another master key");
    await rm(data.file);
    expect(complaintsOf(await data.examined())).toContain(
      "There is no master key, but the existing data was created with one",
    );
    expect(existsSync(data.file)).toBe(false);
  });
});

describe("the findings about Google Cloud Storage", () => {
  test("each fault of a bucket has its own finding", async () => {
    await using server = startGcsServer();
    const well = await examinedUrl("RONDO_OBJECTS_URL", server.url);
    expect(complaintsOf(well)).toBe("");
    expect(well[0]?.says).toContain("written");
    expect([...server.bucket.objects.keys()]).toEqual([]);

    server.fault = ({ kind }) => (kind === "multipart" ? { status: 403, reason: "forbidden" } : undefined);
    expect(complaintsOf(await examinedUrl("RONDO_OBJECTS_URL", server.url))).toMatch(
      /wrong: .*is not allowed to write in the bucket .*objectUser/,
    );
    server.fault = () => ({ status: 401, reason: "authError" });
    expect(complaintsOf(await examinedUrl("RONDO_OBJECTS_URL", server.url))).toContain(
      "does not accept our credentials",
    );
    server.fault = undefined;
    const elsewhere = server.url.replace(server.bucketName, "elsewhere");
    expect(complaintsOf(await examinedUrl("RONDO_OBJECTS_URL", elsewhere))).toContain(
      "bucket does not exist",
    );
    await server.stop();
    expect(complaintsOf(await examinedUrl("RONDO_OBJECTS_URL", server.url))).toContain("cannot be reached");
  }, 60_000);
});

describe("the findings about endpoints", () => {
  test("the name and the key of the language model are checked at its endpoint", async () => {
    using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (req) =>
        req.headers.get("authorization") === "Bearer right" && new URL(req.url).pathname === "/v1/models"
          ? Response.json({ data: [{ id: "small" }, { id: "large" }] })
          : new Response("no", { status: 401 }),
    });
    const ask = async (model: string, key: string, url = `http://127.0.0.1:${server.port}/v1`) =>
      complaintsOf(
        await examined("RONDO_LLM_URL", { RONDO_LLM_URL: url, RONDO_LLM_MODEL: model, RONDO_LLM_KEY: key }),
      );
    expect(await ask("large", "right")).toBe("");
    expect(await ask("huge", "right")).toContain("like small, large");
    expect(await ask("large", "false-key")).toContain("RONDO_LLM_KEY");
    expect(await ask("large", "right", `http://${nobody}/v1`)).toContain("cannot be reached");
  }, 60_000);

  test("a public address whose /health does not answer 200 is reported", async () => {
    using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (req) => new Response(null, { status: new URL(req.url).pathname === "/health" ? 200 : 404 }),
    });
    const here = `http://127.0.0.1:${server.port}`;
    expect(complaintsOf(await examinedUrl("RONDO_PUBLIC_URL", here))).toBe("");
    expect(complaintsOf(await examinedUrl("RONDO_PUBLIC_URL", `${here}/elsewhere`))).toStartWith("wrong: ");
    expect(complaintsOf(await examinedUrl("RONDO_PUBLIC_URL", `http://${nobody}`))).toStartWith("warning: ");
  });

  test("a public https address is reported if the settings say that there is no proxy", async () => {
    const url = `https://${nobody}`;
    const ask = async (proxies: string) =>
      complaintsOf(
        await examined("RONDO_PUBLIC_URL", { RONDO_PUBLIC_URL: url, RONDO_TRUSTED_PROXIES: proxies }),
      );
    expect(await ask("0")).toContain("RONDO_TRUSTED_PROXIES is 0");
    expect(await ask("1")).not.toContain("RONDO_TRUSTED_PROXIES");
  });
});
