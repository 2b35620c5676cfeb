// Tests deleting an account over HTTP: its content is purged, its credentials become invalid, its e-mail can be used
// again, and other accounts are unchanged.
import { expect, setDefaultTimeout, test } from "bun:test";
import { createApp } from "../../../app.ts";
import { createTestApiDeps } from "../../../testing/test-api-deps.ts";
import { checkDeletedAccount } from "../../../testing/suites/deleted-account.ts";
import { checkDeletedMember, createAccountHouse } from "../../../testing/suites/deleted-member.ts";

setDefaultTimeout(60_000);

test("without a grace period, a member's account on SQLite is deleted with all its data", () =>
  checkDeletedMember());

test("a closed account on SQLite can be restored until the grace period is over", () =>
  checkDeletedAccount());

test("a guest can delete the guest's account without a password", async () => {
  await using house = await createAccountHouse();
  const { call, business, studio } = house;
  const guest = await call("POST", "accounts/guest", { json: { business } });
  const { key } = await studio.deps.keys.create(studio.business.id, "", "test");
  const mint = () => call("POST", "tokens", { token: key, json: { userId: guest.body.userId } });
  const minted = (await mint()).body.token;
  expect((await call("GET", "accounts/me", { token: minted })).status).toBe(200);
  expect((await call("DELETE", "accounts/me", { token: guest.body.token })).status).toBe(202);
  for (const token of [guest.body.token, minted])
    expect((await call("GET", "accounts/me", { token })).status).toBe(401);
  // If the business issues another token for the same user id, this token belongs to a new user.
  const renewed = await call("GET", "accounts/me", { token: (await mint()).body.token });
  expect(renewed.body).toMatchObject({ kind: "external", email: null });
});

test("only guests and members can delete their accounts", async () => {
  await using house = await createAccountHouse();
  const { call, studio } = house;
  const { key } = await studio.deps.keys.create(studio.business.id, "", "test");
  const { token } = (await call("POST", "tokens", { token: key, json: { userId: "alice" } })).body;
  expect((await call("DELETE", "accounts/me", { token })).status).toBe(403);
  expect((await call("DELETE", "accounts/me", { token: key })).status).toBe(403);
  expect((await call("DELETE", "accounts/me")).status).toBe(401);
  expect((await call("GET", "accounts/me", { token })).status).toBe(200);
});

test("if a process has cached the session of a deleted user, the process refuses the user's writes", async () => {
  await using house = await createAccountHouse();
  const { call, business, studio } = house;
  const guest = await call("POST", "accounts/guest", { json: { business } });
  await using other = await createTestApiDeps(studio.stores.config).then((deps) => ({
    app: createApp(deps),
    [Symbol.asyncDispose]: () => deps.close(),
  }));
  const make = (json: object, path: string) =>
    other.app.request(`/v1/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${guest.body.token}`, "content-type": "application/json" },
      body: JSON.stringify(json),
    });
  expect((await make({ prompt: "rain" }, "generations")).status).toBe(200);
  expect((await call("DELETE", "accounts/me", { token: guest.body.token })).status).toBe(202);
  const refused = [
    (await make({ prompt: "snow" }, "generations")).status,
    (await make({ name: "Mine" }, "queries/projects.create")).status,
  ];
  for (const status of refused) expect(status).toBeWithin(400, 500);
  const left = await house.deps.databases.use(studio.business.id, async (database) => [
    ...(await database.run("select id from projects", [])).rows,
    ...(await database.run("select id from generations", [])).rows,
  ]);
  expect(left).toEqual([]);
});
