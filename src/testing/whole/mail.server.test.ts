// Tests mails in real processes, with aiosmtpd as the mail server. Mails wait as long as the mail
// server is down or refuses the password. The link in a mail works.
import { expect, test } from "bun:test";
import {
  hasAiosmtpd,
  machineName,
  makeCertificate,
  startAiosmtpd,
} from "../../ports/mailer/smtp/fixtures/aiosmtpd-server.ts";
import { freePort } from "../servers/free-port.ts";
import { createTemporaryDirectory } from "../temporary-directory.ts";
import { until } from "../until.ts";
import { startRondo } from "./processes/rondo-processes.ts";

test.skipIf(!hasAiosmtpd)(
  "a mail waits while the mail server is down or refuses the password",
  async () => {
    await using directory = await createTemporaryDirectory();
    const certificate = makeCertificate(directory.path, machineName);
    const [mailPort, port] = [freePort(), freePort()];
    await using rondo = await startRondo({
      ...{ PORT: String(port), RONDO_PUBLIC_URL: `http://127.0.0.1:${port}` },
      RONDO_MAIL_URL: `smtp://rondo:secret@${machineName}:${mailPort}?from=music@example.com`,
      NODE_EXTRA_CA_CERTS: certificate.cert,
    });
    const call = async (method: string, path: string, body?: object) => {
      const res = await fetch(`${rondo.url}/v1/${path}`, {
        method,
        headers: { authorization: `Bearer ${rondo.operatorKey}`, "content-type": "application/json" },
        ...(body && { body: JSON.stringify(body) }),
      });
      return { status: res.status, body: (await res.json()) as Record<string, unknown> };
    };
    const warnings = () => rondo.output().split("a mail can't be sent at the moment").length - 1;
    const server = (password: string) =>
      startAiosmtpd({ tls: "starttls", port: mailPort, login: { user: "rondo", password }, certificate });

    const login = { business: "demo", email: "ada@example.com", password: "long enough" };
    expect((await call("POST", "accounts/sign-up", login)).status).toBe(201);
    await until("the worker has tried to send the mail", () => warnings() === 1);
    expect((await call("GET", "jobs?queue=mail&state=delayed")).body.items).toMatchObject([
      { name: "mail.send", attemptsMade: 0 },
    ]);
    const refusing = await server("another secret");
    await until("the mail server has refused the password", () => warnings() === 2, 30_000);
    expect(refusing.mails).toEqual([]);
    await refusing[Symbol.asyncDispose]();

    await using accepting = await server("secret");
    await until("the mail has arrived", () => accepting.mails.length === 1, 30_000);
    expect(accepting.mails).toMatchObject([{ to: [login.email], tls: true, user: "rondo", defects: [] }]);
    const [, token] = /\/verify-email#(\S+)/.exec(accepting.mails[0]!.text) ?? [];
    expect(await call("POST", "accounts/verify-email", { token })).toMatchObject({
      ...{ status: 200, body: { email: login.email } },
    });
    expect((await call("POST", "accounts/verify-email", { token })).status).toBe(410);
    expect((await call("GET", "jobs?queue=mail&state=failed")).body.items).toEqual([]);
    // The password is not in the log, although the mail server refused it.
    expect(rondo.output()).not.toContain("secret@");
    expect(rondo.output()).not.toContain('"secret"');
  },
  120_000,
);
