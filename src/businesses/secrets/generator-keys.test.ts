// Tests the keys and addresses that businesses set for generators: how they are stored, found, replaced and removed,
// and which keys and addresses are refused.
import { expect, test } from "bun:test";
import { AppError } from "../../errors.ts";
import { createDialPublic } from "../../ports/dial-public.ts";
import { createTestStores } from "../../testing/test-stores.ts";
import { type BroughtGenerator, createGeneratorKeys } from "./generator-keys.ts";

const actor = "test";

async function createKeys() {
  const stores = await createTestStores();
  const { control, sealing } = stores.deps;
  const dial = createDialPublic(async (name) => [name === "inner.example" ? "10.0.0.1" : "8.8.8.8"]);
  const keys = createGeneratorKeys({ control, sealing, names: ["studio", "sketch"], dial });
  return { stores, keys, acme: await stores.createBusiness("acme"), globex: await stores.createBusiness() };
}

test("the key of a business for a generator is found only for this business", async () => {
  const { stores: opened, keys, acme, globex } = await createKeys();
  await using stores = opened;
  await keys.set(actor, "acme", "studio", { key: "first-key" });
  await keys.set(actor, "acme", "studio", { key: "second-key", url: "https://music.example/api" });
  await keys.set(actor, globex.slug, "studio", { key: "other-key" });
  expect(Object.fromEntries(await keys.find(acme.id))).toEqual({
    studio: { key: "second-key", url: "https://music.example/api" },
  });
  expect(Object.fromEntries(await keys.find(globex.id))).toEqual({ studio: { key: "other-key" } });
  const stored = await stores.deps.control.kysely.selectFrom("generatorKeys").selectAll().execute();
  expect(JSON.stringify(stored)).not.toMatch(/(first|second|other)-key|music/);
  expect(await keys.list("acme")).toEqual([
    { generator: "studio", hasKey: true, hasUrl: true, changedAt: expect.any(String) },
  ]);

  await keys.remove(actor, "acme", "studio");
  expect((await keys.find(acme.id)).size).toBe(0);
  expect((await keys.find(globex.id)).size).toBe(1);
  await expect(keys.remove(actor, "acme", "studio")).rejects.toThrow("no such generator key");
});

test("a sealed key can't be opened as the key of another business", async () => {
  const { stores: opened, keys, acme, globex } = await createKeys();
  await using stores = opened;
  await keys.set(actor, "acme", "studio", { key: "acme-key" });
  await stores.deps.control.kysely
    .updateTable("generatorKeys")
    .set({ businessId: globex.id })
    .where("businessId", "=", acme.id)
    .execute();
  await expect(keys.find(globex.id)).rejects.toThrow();
});

test.each<[string, string, BroughtGenerator, string]>([
  ["acme", "unknown", { key: "k" }, 'There is no generator "unknown".'],
  ["nobody", "studio", { key: "k" }, "There is no such business."],
  ["acme", "studio", {}, "There is neither a key nor an address."],
  ["acme", "studio", { key: "two\nlines" }, "This can't be the key of a generator."],
  ["acme", "studio", { url: "ftp://music.example" }, "begins with http:// or https://"],
  ["acme", "studio", { url: "https://u:p@music.example" }, "The address contains a user or a password"],
  ["acme", "studio", { url: "http://127.0.0.1:8008" }, "leads to an inner network"],
  ["acme", "studio", { url: "http://169.254.169.254/" }, "leads to an inner network"],
  ["acme", "studio", { url: "https://inner.example" }, "leads to an inner network"],
])(
  "for the business %s and the generator %s, this key or address is refused: %j",
  async (slug, generator, brought, message) => {
    const { stores: opened, keys } = await createKeys();
    await using stores = opened;
    const failure = await keys.set(actor, slug, generator, brought).catch((err: unknown) => err);
    expect(failure).toBeInstanceOf(AppError);
    expect((failure as AppError).publicMessage).toContain(message);
    expect(await stores.deps.control.kysely.selectFrom("generatorKeys").selectAll().execute()).toEqual([]);
  },
);
