import { expect, test } from "bun:test";
import type { Business } from "../../businesses/business.ts";
import { createTestStores } from "../../testing/test-stores.ts";
import { createFindPublicKey, signingKeyOf } from "./signing-keys.ts";

test("concurrent lookups of keys share one listing of the businesses", async () => {
  await using stores = await createTestStores();
  const { keyId, publicJwk } = await signingKeyOf(await stores.createBusiness());
  let listings = 0;
  const find = createFindPublicKey({
    list() {
      listings += 1;
      return stores.deps.registry.list();
    },
  });
  expect(await Promise.all([find(keyId), find(keyId), find("unknown"), find(keyId)])).toEqual([
    publicJwk,
    publicJwk,
    undefined,
    publicJwk,
  ]);
  expect(await find("unknown")).toBeUndefined();
  expect(listings).toBe(1);
});

test("after a failed listing of the businesses, the next lookup lists the businesses again", async () => {
  await using stores = await createTestStores();
  const { keyId, publicJwk } = await signingKeyOf(await stores.createBusiness());
  let isReachable = false;
  const find = createFindPublicKey({
    list: () => (isReachable ? stores.deps.registry.list() : Promise.reject(new Error("no connection"))),
  });
  await expect(find(keyId)).rejects.toThrow("no connection");
  isReachable = true;
  expect(await find(keyId)).toEqual(publicJwk);
});

test("the key of the first of 20,001 businesses is still found after all businesses were listed", async () => {
  const businesses = Array.from({ length: 20_001 }, (_, at) => {
    const sounds = Buffer.alloc(32);
    sounds.writeUInt32BE(at);
    return { id: String(at), signing: { sounds } } as unknown as Business;
  });
  const find = createFindPublicKey({ list: async () => businesses });
  await find("unknown");
  const { keyId, publicJwk } = await signingKeyOf(businesses[0]!);
  expect(await find(keyId)).toEqual(publicJwk);
});
