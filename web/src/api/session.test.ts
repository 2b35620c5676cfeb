import { afterEach, expect, test } from "bun:test";
import { installFakeFetch, json } from "../../test/fake-fetch.ts";
import { startGeneration } from "./api.ts";
import {
  accountEmail,
  ensureSession,
  forgetSession,
  hasSession,
  knowSession,
  leaveAccount,
} from "./session.ts";

afterEach(forgetSession);

const SESSION = "GET /v1/accounts/session";
const GUEST = "POST /v1/accounts/guest";
const MAKE = "POST /v1/generations";
const input = { prompt: "rain", durationSeconds: 60 };
const made = () => json({ requestId: "r", trackId: "t", versionId: "v" });
const guest = () => json({ userId: "u" }, 201);
const nobody = () => json({ account: null });
const sessionOf =
  (email: string | null, business = "demo") =>
  () =>
    json({ account: { kind: email === null ? "guest" : "member", email, business } });
const paths = (asked: readonly { method: string; path: string }[]) =>
  asked.map(({ method, path }) => `${method} ${path}`);

test("the page recognizes a member by the server's answer, without values in the browser's storage", async () => {
  const asked = installFakeFetch({ [SESSION]: sessionOf("ada@example.com"), [GUEST]: guest, [MAKE]: made });
  await startGeneration(input);
  expect(paths(asked)).toEqual([SESSION, MAKE]);
  expect([hasSession(), accountEmail()]).toEqual([true, "ada@example.com"]);
});

test("values in the browser's storage don't make a session", async () => {
  localStorage.setItem("rondo.session", new Date(Date.now() + 86_400_000).toISOString());
  const asked = installFakeFetch({ [SESSION]: nobody, [GUEST]: guest });
  await knowSession();
  expect(hasSession()).toBe(false);
  await ensureSession();
  expect(paths(asked)).toEqual([SESSION, GUEST]);
});

test("concurrent callers create only one guest", async () => {
  const asked = installFakeFetch({ [SESSION]: nobody, [GUEST]: guest });
  await Promise.all([ensureSession(), ensureSession(), ensureSession()]);
  expect(paths(asked)).toEqual([SESSION, GUEST]);
  expect(asked[1]!.body).toEqual({ business: "demo" });
  expect([hasSession(), accountEmail()]).toEqual([true, null]);
});

test("if a request for the session fails, the session is requested again", async () => {
  let isAway = true;
  const member = sessionOf("ada@example.com");
  const asked = installFakeFetch({
    [SESSION]: () => (isAway ? json({}, 503) : member()),
    // If the request has a session cookie, the server answers with the user of that session, and creates no guest.
    [GUEST]: () => json({ userId: "ada" }),
  });
  await knowSession().catch(() => undefined);
  const entering = ensureSession();
  await Promise.resolve();
  isAway = false;
  await entering;
  expect(accountEmail()).toBe("ada@example.com");
  expect(paths(asked).at(-1)).toBe(SESSION);
});

test("a session of another business is not used", async () => {
  installFakeFetch({ [SESSION]: sessionOf("ada@example.com", "other"), [GUEST]: guest });
  await ensureSession();
  expect(accountEmail()).toBeNull();
});

test("if the session of a guest has ended, a new guest is created", async () => {
  const sessions = [sessionOf(null), nobody];
  let refusals = 1;
  const asked = installFakeFetch({
    [SESSION]: () => sessions.shift()!(),
    [GUEST]: guest,
    [MAKE]: () => (refusals-- > 0 ? json({ detail: "Who?" }, 401) : made()),
  });
  expect((await startGeneration(input)).requestId).toBe("r");
  expect(paths(asked)).toEqual([SESSION, MAKE, SESSION, GUEST, MAKE]);
});

test("if the session of a member has ended, the member has to sign in again", async () => {
  const asked = installFakeFetch({
    [SESSION]: sessionOf("ada@example.com"),
    [GUEST]: guest,
    [MAKE]: () => json({ detail: "Who?" }, 401),
  });
  expect(startGeneration(input)).rejects.toThrow("You have been signed out.");
  await startGeneration(input).catch(() => undefined);
  expect(paths(asked)).not.toContain(GUEST);
});

test("after a user has signed out, there is no session", async () => {
  installFakeFetch({
    [SESSION]: sessionOf("ada@example.com"),
    "POST /v1/accounts/sign-out": () => new Response(null, { status: 204 }),
  });
  await knowSession();
  await leaveAccount();
  expect([hasSession(), accountEmail()]).toEqual([false, null]);
});
