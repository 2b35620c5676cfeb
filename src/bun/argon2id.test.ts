// Tests the cost at which the API hashes passwords.
import { expect, test } from "bun:test";
import { createApiDeps } from "../deps/api-deps.ts";
import { createTestStores, silentLog } from "../testing/test-stores.ts";

test("the API hashes passwords with Argon2id at OWASP's minimum cost", async () => {
  await using stores = await createTestStores();
  const { passwords, close } = await createApiDeps(stores.config, silentLog);
  const hash = await passwords.hash("long enough");
  expect(hash).toStartWith("$argon2id$v=19$m=19456,t=2,p=1$");
  expect([await passwords.verify("long enough", hash), await passwords.verify("long enougH", hash)]).toEqual([
    true,
    false,
  ]);
  await close();
});
