// Tests forgotten passwords, verified e-mails and sessions over HTTP, with a real queue and a real mail server.
import { expect, setDefaultTimeout, test } from "bun:test";
import { sendMailJob } from "../../../../jobs/handlers/send-mail.ts";
import { workQueues } from "../../../../jobs/work-queues.ts";
import { createApp } from "../../../app.ts";
import { mailJob } from "../../../jobs/mail-job.ts";
import { openMailer } from "../../../ports/mailer/open.ts";
import { freePort } from "../../../testing/servers/free-port.ts";
import { startMailServer } from "../../../testing/servers/mail-server.ts";
import { createTestApiDeps } from "../../../testing/test-api-deps.ts";
import { createTestStores } from "../../../testing/test-stores.ts";
import { until } from "../../../testing/until.ts";

setDefaultTimeout(60_000);

const publicUrl = "https://music.example.com";
const firefox = { "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0" };

async function createHouse({
  mailPort = 0,
  isMailUp = true,
  environment = {} as Record<string, string>,
} = {}) {
  const mail = isMailUp ? await startMailServer({ port: mailPort }) : undefined;
  const url = `smtp://127.0.0.1:${mail?.port ?? mailPort}`;
  const stores = await createTestStores({
    ...{ RONDO_MAIL_URL: url, RONDO_PUBLIC_URL: publicUrl },
    ...environment,
  });
  const deps = await createTestApiDeps(stores.config);
  const app = createApp(deps);
  const business = await stores.createBusiness("demo");
  const mailUrl = stores.config.mailUrl;
  const mailer = mailUrl && (await openMailer(mailUrl, { senderHost: "music.example.com" }));
  const sendMail = sendMailJob({ ...deps, mailer, publicUrl, log: { warn() {} } });
  const handlers = { "mail.send": sendMail };
  const workers = workQueues({ jobs: deps.jobs, handlers, log: { debug() {}, info() {}, error() {} } });
  return {
    ...{ deps, business, mails: mail?.mails ?? [], operatorKey: stores.deps.operatorKey.made! },
    async call(
      method: string,
      path: string,
      {
        json,
        cookie,
        headers = {},
      }: { json?: object; cookie?: string; headers?: Record<string, string> } = {},
    ) {
      const res = await app.request(`${publicUrl}/v1/${path}`, {
        method,
        headers: {
          ...(json ? { "content-type": "application/json" } : {}),
          ...(cookie === undefined ? {} : { cookie }),
          ...headers,
        },
        body: json ? JSON.stringify(json) : null,
      });
      const text = await res.text();
      const set = res.headers.get("set-cookie") ?? "";
      return {
        status: res.status,
        cookie: set.split(";")[0]!,
        body: text === "" ? undefined : JSON.parse(text),
      };
    },
    /**
     * Waits until `count` mails have arrived, and returns the token of the link in the last of these mails.
     */
    async token(count: number): Promise<string> {
      await until(`${count} mails`, async () => mail!.mails.length >= count);
      return /#(demo\.[\w-]+)/.exec(mail!.mails[count - 1]!.text)![1]!;
    },
    async [Symbol.asyncDispose]() {
      for (const worker of workers) await worker.close({ force: true });
      await mailer?.close();
      await deps.close();
      await stores[Symbol.asyncDispose]();
      await mail?.[Symbol.asyncDispose]();
    },
  };
}

const login = { business: "demo", email: "ada@example.com", password: "long enough" };

test("a mailed link for a forgotten password works only once", async () => {
  await using house = await createHouse();
  const up = await house.call("POST", "accounts/sign-up", { json: login });
  await house.token(1);
  const forgot = { business: "demo", email: " ADA@example.com", language: "de" };
  const asked = await house.call("POST", "accounts/forgot-password", { json: forgot });
  expect(asked).toMatchObject({ status: 202, body: { by: "mail" } });
  const token = await house.token(2);
  const { to, text } = house.mails[1]!;
  expect(to).toEqual(["ada@example.com"]);
  expect(text).toContain("Neues Passwort für demo");
  expect(text).toContain(`${publicUrl}/reset-password#${token}`);
  const stored = await house.deps.databases.use(house.business.id, (database) =>
    database.run('select * from "rondoAccountLinks"', []),
  );
  expect(JSON.stringify([stored.rows, await house.deps.jobs.list({ queue: "mail" })])).not.toContain(
    token.slice(5),
  );

  const set = (given: object) => house.call("POST", "accounts/reset-password", { json: given });
  expect((await set({ token, password: "short" })).status).toBe(400);
  expect((await set({ token: `other.${token.slice(5)}`, password: "a new password" })).status).toBe(410);
  expect((await house.call("POST", "accounts/verify-email", { json: { token } })).status).toBe(410);
  expect((await set({ token, password: "a new password" })).status).toBe(204);
  expect(await set({ token, password: "a third password" })).toMatchObject({
    status: 410,
    body: { code: "GONE" },
  });
  expect((await house.call("GET", "accounts/me", { cookie: up.cookie })).status).toBe(401);
  expect((await house.call("POST", "accounts/sign-in", { json: login })).status).toBe(401);
  const back = await house.call("POST", "accounts/sign-in", {
    json: { ...login, password: "a new password" },
  });
  expect(back).toMatchObject({ status: 200, body: { userId: up.body.userId } });
  await house.token(3);
  expect(house.mails[2]!.text).toContain("Your password for demo was changed");
});

test("the mail about a closed account names the day of the erasure", async () => {
  await using house = await createHouse();
  await house.call("POST", "accounts/sign-up", { json: login });
  await house.token(1);
  const enter = (how: "sign-in" | "restore") => house.call("POST", `accounts/${how}`, { json: login });
  const { cookie } = await enter("sign-in");
  const closed = await house.call("DELETE", "accounts/me", {
    cookie,
    json: { password: login.password, language: "de" },
  });
  await until("the mail", async () => house.mails.length === 2);
  const { to, text } = house.mails[1]!;
  expect(to).toEqual([login.email]);
  const date = new Date(closed.body.deleteAfter).toLocaleDateString("de", {
    dateStyle: "long",
    timeZone: "UTC",
  });
  expect(text).toContain(`Am ${date} wird es endgültig gelöscht.`);
  expect(text).toContain(`${publicUrl}/me`);

  const restored = await enter("restore");
  const mailData = { businessId: house.business.id, userId: restored.body.userId, language: "en" } as const;
  await house.deps.jobs.add("mail", [
    mailJob.inputOf({ ...mailData, kind: "account-deleted", mailId: "late" }),
  ]);
  const jobs = () => house.deps.jobs.list({ queue: "mail" });
  await until("all jobs are done", async () => (await jobs()).every(({ state }) => state === "completed"));
  expect(house.mails).toHaveLength(2);
});

test("the response to a request for a reset link doesn't reveal whether the e-mail address is known", async () => {
  await using house = await createHouse({ environment: { RONDO_LIMIT_MAILS: "2/1h" } });
  await house.call("POST", "accounts/sign-up", { json: login });
  await house.token(1);
  const forgot = (email: string) =>
    house.call("POST", "accounts/forgot-password", { json: { business: "demo", email } });
  const emails = ["nobody@example.com", "ada@example.com"];
  const answers = [];
  for (const email of emails) answers.push([await forgot(email), await forgot(email), await forgot(email)]);
  const [unknown, known] = answers.map((all) =>
    all.map(({ status, body: { requestId: _, ...body } }) => [status, body]),
  );
  expect(unknown).toEqual(known!);
  expect(known!.map(([status]) => status)).toEqual([202, 202, 429]);
  await house.token(3);
  const jobs = async () => house.deps.jobs.list({ queue: "mail" });
  await until("all jobs are done", async () => (await jobs()).every(({ state }) => state === "completed"));
  expect((await jobs()).map(({ data }) => Object.keys(data).toSorted().join())).toEqual(
    Array(5).fill("businessId,kind,language,mailId,userId"),
  );
  expect(house.mails.flatMap(({ to }) => to)).toEqual(Array(3).fill("ada@example.com"));
});

test("mails that wait for the mail server arrive when the server is available again", async () => {
  const mailPort = freePort();
  await using house = await createHouse({ mailPort, isMailUp: false });
  await house.call("POST", "accounts/sign-up", { json: login });
  await until("the worker has tried to send the mail", async () =>
    (await house.deps.jobs.list({ queue: "mail" })).some(({ state }) => state === "delayed"),
  );
  await using server = await startMailServer({ port: mailPort });
  await until("the mail has arrived", async () => server.mails.length === 1);
  expect(server.mails[0]!.text).toContain("Confirm your e-mail address for demo");
});

test("a new e-mail address is used only after the mailed link was opened", async () => {
  await using house = await createHouse();
  const up = await house.call("POST", "accounts/sign-up", {
    json: login,
    headers: { "accept-language": "fr, de;q=0.5, ar;q=0.9" },
  });
  const verify = (token: string) => house.call("POST", "accounts/verify-email", { json: { token } });
  expect((await house.call("GET", "accounts/me", { cookie: up.cookie })).body).toMatchObject({
    isEmailVerified: false,
  });
  const first = await house.token(1);
  expect(house.mails[0]!.text).toContain('dir="rtl"');
  expect(await verify(first)).toMatchObject({ status: 200, body: { email: "ada@example.com" } });
  expect((await verify(first)).status).toBe(410);
  expect((await house.call("POST", "accounts/me/verification", { json: {}, cookie: up.cookie })).status).toBe(
    409,
  );

  const change = { email: "new@example.com", password: "wrong", language: "en" };
  const ask = (json: object) => house.call("POST", "accounts/me/email", { json, cookie: up.cookie });
  expect((await ask(change)).status).toBe(401);
  expect((await ask({ ...change, password: login.password })).body).toMatchObject({
    ...{ email: "ada@example.com", newEmail: "new@example.com", isEmailVerified: true },
  });
  await house.token(3);
  const warning = house.mails.find(({ text }) => text.includes("is about to change"))!;
  const confirming = house.mails.find(({ to }) => to[0] === "new@example.com")!;
  expect([warning.to, warning.text.includes("new@example.com")]).toEqual([["ada@example.com"], true]);
  const [second, back] = [confirming, warning].map(({ text }) => /#(demo\.[\w-]+)/.exec(text)![1]!);
  await house.call("POST", "accounts/sign-up", { json: { ...login, email: "new@example.com" } });
  // Another member has the address by now, so the change is refused. The link stays valid until the password is reset.
  expect((await verify(second!)).status).toBe(409);
  const reset = { token: back, password: "taken back by ada" };
  expect((await house.call("POST", "accounts/reset-password", { json: reset })).status).toBe(204);
  expect((await verify(second!)).status).toBe(410);
});

test("wrong passwords at a password change and at a sign-in are counted separately", async () => {
  await using house = await createHouse({ environment: { RONDO_LIMIT_SIGN_INS: "2/1h" } });
  const { cookie } = await house.call("POST", "accounts/sign-up", { json: login });
  const json = { password: "wrong", newPassword: "a new password" };
  const send = () => house.call("POST", "accounts/me/password", { json, cookie });
  expect([(await send()).status, (await send()).status]).toEqual([401, 401]);
  expect(await send()).toMatchObject({
    status: 429,
    body: {
      detail: "There were too many attempts with a wrong password of this account.",
      details: { limit: "signIn" },
    },
  });
  expect((await house.call("POST", "accounts/sign-in", { json: login })).status).toBe(200);
  const wrong = () => house.call("POST", "accounts/sign-in", { json: { ...login, password: "wrong" } });
  expect([(await wrong()).status, (await wrong()).status]).toEqual([401, 401]);
  expect((await wrong()).body.detail).toBe(
    "There were too many attempts to sign in with this e-mail from this address.",
  );
});

test("a member can list and end the member's sessions", async () => {
  await using house = await createHouse({ environment: { RONDO_MAIL_URL: "" } });
  const up = await house.call("POST", "accounts/sign-up", { json: login, headers: firefox });
  const phone = await house.call("POST", "accounts/sign-in", { json: login });
  const third = await house.call("POST", "accounts/sign-in", { json: login });
  // The list begins with the session that was used last. So `up` must be used after the other sessions were created.
  const signedInMs = Date.now();
  await until("the clock shows a later millisecond", () => Date.now() > signedInMs);
  await house.call("GET", "accounts/session", { cookie: up.cookie });
  const list = async () =>
    (await house.call("GET", "accounts/me/sessions", { cookie: up.cookie })).body.items;
  expect(await list()).toMatchObject([
    { device: "Firefox, Linux", isCurrent: true },
    { device: null, isCurrent: false },
    { device: null, isCurrent: false },
  ]);
  const isOpen = async (cookie: string) =>
    (await house.call("GET", "accounts/me", { cookie })).status === 200;
  const { id } = (await list())[1];
  expect((await house.call("DELETE", `accounts/me/sessions/${id}`, { cookie: up.cookie })).status).toBe(204);
  expect((await house.call("DELETE", `accounts/me/sessions/${id}`, { cookie: up.cookie })).status).toBe(404);
  const open = [await isOpen(phone.cookie), await isOpen(third.cookie)];
  expect(open.toSorted()).toEqual([false, true]);

  const change = { password: "wrong", newPassword: "a new password" };
  const send = (json: object) => house.call("POST", "accounts/me/password", { json, cookie: up.cookie });
  expect((await send(change)).status).toBe(401);
  expect((await send({ ...change, password: login.password })).status).toBe(204);
  expect([await isOpen(up.cookie), await isOpen(phone.cookie), await isOpen(third.cookie)]).toEqual([
    true,
    false,
    false,
  ]);
  const again = await house.call("POST", "accounts/sign-in", {
    json: { ...login, password: "a new password" },
  });
  await house.call("DELETE", "accounts/me/sessions", { cookie: up.cookie });
  expect([await isOpen(up.cookie), await isOpen(again.cookie)]).toEqual([true, false]);
  // No mail server is configured. So no job is added, and only the operator can create a link.
  const forgot = await house.call("POST", "accounts/forgot-password", {
    json: { business: "demo", email: login.email },
  });
  expect(forgot.body).toEqual({ by: "operator" });
  expect(await house.deps.jobs.list({ queue: "mail" })).toEqual([]);
  const headers = { authorization: `Bearer ${house.operatorKey}` };
  const issue = (email: string) =>
    house.call("POST", "businesses/demo/reset-links", { json: { email }, headers });
  expect((await issue("nobody@example.com")).status).toBe(404);
  const { body } = await issue("ADA@example.com");
  expect(body.url).toStartWith(`${publicUrl}/reset-password#demo.`);
  const token = body.url.split("#")[1];
  const reset = { token, password: "by the operator" };
  expect((await house.call("POST", "accounts/reset-password", { json: reset })).status).toBe(204);
});
