// Tests the rotation of the master key, both for a key in a file and for a key in the settings. The tests cover a
// rotation that was interrupted, and a rotation while another process runs.
import { expect, setDefaultTimeout, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createSharedDeps } from "../../deps/shared-deps.ts";
import { createTestStores, silentLog } from "../../testing/test-stores.ts";
import { createTemporaryDirectory } from "../../testing/temporary-directory.ts";
import { readConfig } from "../../config/config.ts";
import { createPreview } from "../previews/create-preview.ts";
import { createBusiness } from "../lifecycle/create-business.ts";
import { openSecrets } from "../../webhooks/endpoint-secrets.ts";
import { createEndpoint } from "../../webhooks/endpoints.ts";
import { loadMasterKeys, removePreviousKeyFile, replaceKeyFile } from "./master-key-file.ts";
import { signReceipt } from "./receipt-key.ts";
import { rotateMasterKey } from "./rotate-master-key.ts";

setDefaultTimeout(60_000);

test("while the master key in a file is rotated, a running process can use all secrets", async () => {
  await using stores = await createTestStores({ RONDO_GENERATORS: "studio=builtin:" });
  const [one, two] = [await stores.createBusiness("one"), await stores.createBusiness("two")];
  await signReceipt(stores.deps, {});
  const webhook = await createEndpoint(stores.deps, one, { url: "https://8.8.8.8/events" });
  await stores.deps.generatorKeys.set("test", "one", "studio", { key: "own-key" });
  const preview = await createPreview(stores.deps, "test", { slug: "one" });
  const { file } = stores.config.masterKey as { file: string };
  const former = new Uint8Array(Buffer.from(readFileSync(file, "utf8"), "base64"));
  const token = { businessId: one.id, requestId: "r", versionId: "v", untilMs: Date.now() + 60_000 };
  const written = stores.deps.writeTokens.issue(token);

  await replaceKeyFile(file);
  await replaceKeyFile(file);
  // The first rotation is killed after it has sealed three secrets, and the second rotation seals the rest.
  const cut = { ...stores.deps, sealing: { ...stores.deps.sealing } };
  let count = 0;
  cut.sealing.seal = (plain, context) => {
    if (++count > 3) throw new Error("killed");
    return stores.deps.sealing.seal(plain, context);
  };
  const keys = await loadMasterKeys(stores.config);
  await expect(rotateMasterKey(cut, keys())).rejects.toThrow("killed");
  const usersOf = (deps: typeof stores.deps | Awaited<ReturnType<typeof createSharedDeps>>, id: string) =>
    deps.databases.use(id, (database) => database.kysely.selectFrom("users").select("id").execute());
  for (const { id } of [one, two]) expect(await usersOf(stores.deps, id)).toEqual([]);
  // The process that was started before the rotation already seals new secrets with the new key.
  await stores.createBusiness("meanwhile");
  const second = await createSharedDeps(stores.config, silentLog);
  try {
    expect(await rotateMasterKey(second, keys())).toBeGreaterThan(3);
    expect(await rotateMasterKey(second, keys())).toBe(0);
    await removePreviousKeyFile(file);
    expect(existsSync(`${file}.previous`)).toBe(false);
    stores.deps.registry.forget();
    expect((await stores.deps.registry.findBySlug("two"))?.signing.tokens).toEqual(two.signing.tokens);
    // The key of the write tokens doesn't change, so a token that was issued before the rotation stays valid.
    expect(second.writeTokens.verify(written)).toMatchObject({ requestId: "r" });
    await signReceipt(second, {});
  } finally {
    await second.close();
  }
  const third = await createSharedDeps(stores.config, silentLog);
  expect(third.writeTokens.verify(written)).toMatchObject({ requestId: "r" });
  for (const { slug } of [one, two]) expect(await third.registry.findBySlug(slug)).toBeDefined();
  expect((await third.generatorKeys.find(one.id)).get("studio")).toEqual({ key: "own-key" });
  const inPreview = third.previews.use({ businessId: one.id, previewId: preview.id }, async ({ kysely }) =>
    kysely.selectFrom("users").select("id").execute(),
  );
  expect(await inPreview).toEqual([]);
  const row = await third.databases.use(one.id, ({ kysely }) =>
    kysely.selectFrom("webhookEndpoints").selectAll().executeTakeFirstOrThrow(),
  );
  const business = (await third.registry.findBySlug("one"))!;
  expect(openSecrets(business, row, Date.now())).toEqual([webhook.secret]);
  await third.close();
  const withFormer = createSharedDeps({ ...stores.config, masterKey: former }, silentLog);
  await expect(withFormer).rejects.toMatchObject({ code: "CONFIG_INVALID" });
});

test("during a rotation with keys in the settings, Rondo can use both keys", async () => {
  await using directory = await createTemporaryDirectory();
  const [former, current] = [randomBytes(32), randomBytes(32)].map((key) => key.toString("base64"));
  const open = (keys: Record<string, string | undefined>) =>
    createSharedDeps(
      readConfig({ RONDO_DATA: directory.path, RONDO_LOG: "silent", ...keys } as Record<string, string>),
      silentLog,
    );
  const before = await open({ RONDO_MASTER_KEY: former });
  const business = await createBusiness(before, "test", { slug: "acme" });
  await before.close();
  const both = { RONDO_MASTER_KEY: current, RONDO_MASTER_KEY_PREVIOUS: former };
  const during = await open(both);
  expect((await during.registry.findBySlug("acme"))?.id).toBe(business.id);
  const config = {
    masterKey: Buffer.from(current!, "base64"),
    masterKeyPrevious: Buffer.from(former!, "base64"),
  };
  expect(await rotateMasterKey(during, (await loadMasterKeys(config))())).toBe(3);
  await during.close();
  const after = await open({ RONDO_MASTER_KEY: current });
  expect((await after.registry.findBySlug("acme"))?.signing.tokens).toEqual(business.signing.tokens);
  await after.close();
  await expect(open({ RONDO_MASTER_KEY: former })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  expect(existsSync(join(directory.path, "master.key"))).toBe(false);
});

test("after a kill, the next call of replaceKeyFile completes the replacement of the key file", async () => {
  await using stores = await createTestStores();
  const { file } = stores.config.masterKey as { file: string };
  const former = readFileSync(file, "utf8");
  // The process was killed after it had stored the former key, and before it replaced the file.
  copyFileSync(file, `${file}.previous`);
  await replaceKeyFile(file);
  const current = readFileSync(file, "utf8");
  expect(current).not.toBe(former);
  expect(readFileSync(`${file}.previous`, "utf8")).toBe(former);
  await replaceKeyFile(file);
  expect(readFileSync(file, "utf8")).toBe(current);
});
