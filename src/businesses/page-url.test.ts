// Tests the address of a business's page: a host of the business, or an address on the host of Rondo.
import { expect, test } from "bun:test";
import { setBusinessHosts } from "./lifecycle/business-hosts.ts";
import { createTestStores } from "../testing/test-stores.ts";
import { pageUrlOf } from "./page-url.ts";

test("a business has its page at its alphabetically first host; without hosts, demo has it at /, others at /b/<slug>", async () => {
  await using stores = await createTestStores();
  const { registry } = stores.deps;
  const [demo, acme] = [await stores.createBusiness("demo"), await stores.createBusiness("acme")];
  const urlOf = (business: typeof demo) => pageUrlOf(registry, business, "https://music.test");
  expect([await urlOf(demo), await urlOf(acme)]).toEqual(["https://music.test", "https://music.test/b/acme"]);
  const hosts = ["songs.acme.example", "music.acme.example"];
  await setBusinessHosts(stores.deps, "test", "acme", hosts);
  expect([await urlOf(demo), await urlOf(acme)]).toEqual([
    "https://music.test",
    "https://music.acme.example",
  ]);
});
