// Defines, for any database engine, the test of an account that is deleted, restored during the grace period, deleted
// again, and erased after the grace period.
import { expect } from "bun:test";
import {
  sweepDeletedAccounts,
  type SweepDeletedAccountsDeps,
} from "../../accounts/deletion/sweep-deleted-accounts.ts";
import { finishPurge } from "../../library/trash/finish-purge.ts";
import { audioKey } from "../../streams/stream-keys.ts";
import { noSignal } from "../studio.ts";
import { createAccountHouse } from "./deleted-member.ts";

const email = "ada@example.com";
const password = "long enough";
const dayMs = 86_400_000;

/**
 * Checks an account that its owner deletes. During the grace period, the links to the music of the account answer 404.
 * A restoration makes the music available again; the earlier sessions and tokens stay invalid. After the grace period,
 * the account is erased. `environment` contains the settings of the stores.
 */
export async function checkDeletedAccount(environment: Record<string, string> = {}): Promise<void> {
  await using house = await createAccountHouse(environment);
  const { call, studio, business, deps, app } = house;
  const login = { business, email, password };
  const ada = (await call("POST", "accounts/sign-up", { json: login })).body;
  const second = await call("POST", "accounts/sign-in", { json: login });
  const caller = house.callerOf(ada.userId);
  const made = await studio.make({}, caller);
  const thrown = await studio.make({}, caller);
  await call("DELETE", `tracks/${thrown.trackId}`, { token: ada.token });
  const queued = await studio.start({}, caller);
  const { key } = await studio.deps.keys.create(studio.business.id, "", "test");
  const minted = await call("POST", "tokens", { token: key, json: { userId: ada.userId } });
  const share = await call("PUT", `tracks/${made.trackId}/share`, { token: ada.token });
  const version = await call("GET", `versions/${made.versionId}`, { token: ada.token });
  const statusOf = async (url: string) => {
    const { pathname, search } = new URL(url, "http://localhost");
    return (await app.request(pathname + search)).status;
  };
  const links: readonly string[] = [
    version.body.links.audio,
    version.body.links.download,
    version.body.links.peaks,
    share.body.url,
    share.body.embedUrl,
    `/oembed?url=${encodeURIComponent(share.body.url)}`,
  ];
  const statuses = () => Promise.all(links.map(statusOf));
  const credentials = [
    { token: ada.token },
    { token: second.body.token },
    { cookie: second.cookie },
    { token: minted.body.token },
  ];
  const find = (credential: object) => call("GET", "accounts/me", credential);
  const sweep = (
    nowMs: number,
    from: Omit<SweepDeletedAccountsDeps, "accountGraceDays" | "forgetSounds"> = studio.deps,
  ) =>
    sweepDeletedAccounts(
      { ...from, accountGraceDays: studio.stores.config.accountGraceDays, forgetSounds() {} },
      noSignal,
      nowMs,
    );
  const stateOf = async ({ requestId }: { requestId: string }) =>
    (
      await deps.databases.use(studio.business.id, ({ kysely }) =>
        kysely
          .selectFrom("generations")
          .select("state")
          .where("id", "=", requestId)
          .executeTakeFirstOrThrow(),
      )
    ).state;
  expect(await statuses()).toEqual([200, 200, 200, 200, 200, 200]);
  for (const credential of credentials) expect((await find(credential)).status).toBe(200);
  expect((await find(credentials[0]!)).body.graceDays).toBe(14);

  const before = Date.now();
  const closed = await call("DELETE", "accounts/me", { cookie: second.cookie, json: { password } });
  expect(closed).toMatchObject({ status: 202, body: { userId: ada.userId } });
  expect(closed.set).toMatch(/^rondo_session=; Max-Age=0/);
  const { deleteAfter } = closed.body as { deleteAfter: string };
  expect(Date.parse(deleteAfter)).toBeWithin(before + 14 * dayMs, Date.now() + 14 * dayMs + 1);
  expect(await statuses()).toEqual([404, 404, 404, 404, 404, 404]);
  for (const credential of credentials) expect((await find(credential)).status).toBe(401);
  expect(await stateOf(queued)).toBe("cancelled");

  // With a wrong password, a sign-in and a restoration do not reveal that the account was deleted.
  const wrong = { ...login, password: "wrong one" };
  const deleting = { status: 409, body: { code: "ACCOUNT_DELETING", details: { deleteAfter } } };
  expect((await call("POST", "accounts/sign-in", { json: wrong })).status).toBe(401);
  expect((await call("POST", "accounts/restore", { json: wrong })).status).toBe(401);
  expect(await call("POST", "accounts/sign-in", { json: login })).toMatchObject(deleting);
  expect((await call("POST", "accounts/sign-up", { json: login })).status).toBe(409);
  expect(await call("POST", "tokens", { token: key, json: { userId: ada.userId } })).toMatchObject(deleting);
  const managed = await call("GET", `manage/users/${ada.userId}`, { token: key });
  expect(managed.body).toMatchObject({ deleteAfter, openSessions: 0 });
  expect((await call("GET", `manage/users/${ada.userId}/export`, { token: key })).body.email).toBe(email);

  // A process that still has the ended session in its cache starts a generation. The next sweep cancels the generation.
  const late = await studio.start({}, caller);
  expect(await sweep(Date.now())).toBe(0);
  expect(await stateOf(late)).toBe("cancelled");

  // The account is restored on the device of a guest. The guest's piece moves to the account.
  const guest = await call("POST", "accounts/guest", { json: { business } });
  const hers = await studio.make({}, house.callerOf(guest.body.userId));
  const restored = await call("POST", "accounts/restore", { json: login, token: guest.body.token });
  expect(restored).toMatchObject({ status: 200, body: { userId: ada.userId } });
  for (const { versionId } of [made, hers])
    expect((await call("GET", `versions/${versionId}`, { cookie: restored.cookie })).status).toBe(200);
  const undone = await call("POST", `tracks/${thrown.trackId}/restore`, { cookie: restored.cookie });
  expect(undone.status).toBeWithin(200, 300);
  // The restoration can be repeated, but not with the guest's session, because this session has ended.
  const repeated = await call("POST", "accounts/restore", { json: login });
  expect(repeated).toMatchObject({ status: 200, body: { userId: ada.userId } });
  expect((await call("POST", "accounts/restore", { json: login, token: guest.body.token })).status).toBe(401);
  expect(await statuses()).toEqual([200, 200, 200, 200, 200, 200]);
  for (const credential of credentials.slice(0, 3)) expect((await find(credential)).status).toBe(401);
  expect(await sweep(Date.parse(deleteAfter) + dayMs)).toBe(0);

  // The account is deleted again. The erasure is interrupted after it has begun, and the next sweep completes it.
  const again = await call("POST", "accounts/sign-in", { json: login });
  const last = await call("DELETE", "accounts/me", { cookie: again.cookie, json: { password } });
  const endMs = Date.parse(last.body.deleteAfter);
  expect(await sweep(endMs + 59_000)).toBe(0);
  await expectGone(endMs);
  const killed = {
    ...studio.deps,
    control: {
      get kysely(): never {
        throw new Error("killed");
      },
    },
  };
  expect(await sweep(endMs + 61_000, killed)).toBe(0);
  expect(await rowsOf(["users", "logins"])).toContain(email);
  expect(await rowsOf(["projects", "versions"])).not.toContain(ada.userId);
  expect(await sweep(endMs + dayMs)).toBe(1);

  expect((await call("POST", "accounts/sign-in", { json: login })).status).toBe(401);
  const receipts = await deps.databases.use(studio.business.id, ({ kysely }) =>
    kysely.selectFrom("receipts").select(["id", "userId", "title", "versionCount"]).execute(),
  );
  // The receipt of the guest's project counts one version, and the receipt of the account's project counts four.
  expect(receipts.map(({ versionCount }) => versionCount).toSorted()).toEqual([1, 4]);
  for (const receipt of receipts) expect(receipt).toMatchObject({ userId: "(deleted)", title: "" });
  for (const { id } of receipts)
    await finishPurge(studio.deps, { businessId: studio.business.id, receiptId: id }, noSignal);
  for (const { versionId } of [made, thrown, hers])
    expect(await deps.chunkStore.head(audioKey(studio.business.id, versionId))).toBeUndefined();
  const left = await rowsOf([
    "users",
    "logins",
    "sessions",
    "projects",
    "versions",
    "generations",
    "receipts",
  ]);
  for (const trace of [ada.userId, email]) expect(left).not.toContain(trace);
  expect((await call("POST", "accounts/sign-up", { json: login })).status).toBe(201);

  async function rowsOf(tables: readonly string[]): Promise<string> {
    const all = await deps.databases.use(studio.business.id, async (database) => {
      const found: unknown[] = [];
      for (const table of tables) found.push(...(await database.run(`select * from ${table}`, [])).rows);
      return found;
    });
    return JSON.stringify(all);
  }

  /**
   * Checks that the account can't be restored after the grace period, even if no sweep has erased the account yet. Then
   * sets the end of the grace period to `atMs`.
   */
  async function expectGone(atMs: number): Promise<void> {
    const setTime = (ms: number) =>
      deps.databases.use(studio.business.id, ({ kysely }) =>
        kysely
          .updateTable("users")
          .set({ deleteAfter: new Date(ms).toISOString() })
          .where("id", "=", ada.userId)
          .execute(),
      );
    await setTime(Date.now() - 1);
    for (const path of ["accounts/restore", "accounts/sign-in"])
      expect(await call("POST", path, { json: login })).toMatchObject({
        status: 410,
        body: { code: "GONE" },
      });
    await setTime(atMs);
  }
}
