// Tests the mailer against aiosmtpd, an independent mail server: TLS, sign-in and refusals. Python's e-mail parser,
// which is also independent, has to read the mails correctly.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { onCi } from "../../../testing/runners/on-ci.ts";
import { freePort } from "../../../testing/servers/free-port.ts";
import { createTemporaryDirectory } from "../../../testing/temporary-directory.ts";
import type { Mail } from "../mailer.ts";
import {
  type AiosmtpdServer,
  type Certificate,
  hasAiosmtpd,
  machineName,
  makeCertificate,
  startAiosmtpd,
} from "./fixtures/aiosmtpd-server.ts";

setDefaultTimeout(60_000);
if (!hasAiosmtpd && onCi) throw new Error("aiosmtpd is not installed, and on CI no test may be skipped");

const mail: Mail = {
  to: "ada@example.com",
  fromName: 'Müller "Töne", GmbH',
  subject: `Grüße, ${"لحن ".repeat(30)}end\r\nBcc: eve@example.com`,
  text: `Hello\n.\n..dots\n${"a long line ".repeat(200)}\nعربي\n`,
  html: '<p dir="rtl">عربي</p>',
  language: "ar",
};
const login = { user: "music@example.com", password: "p:w/ö" };
const credentials = "music%40example.com:p%3Aw%2F%C3%B6@";

async function send(url: string, to = mail.to, trusted?: Certificate) {
  const child = Bun.spawn(
    [
      process.execPath,
      join(import.meta.dirname, "fixtures/send-process.ts"),
      url,
      JSON.stringify({ ...mail, to }),
    ],
    {
      env: { ...Bun.env, ...(trusted && { NODE_EXTRA_CA_CERTS: trusted.cert }) },
      ...{ stdout: "pipe", stderr: "inherit" },
    },
  );
  const text = await new Response(child.stdout).text();
  return JSON.parse(text) as { sent: { kind: string; reason?: string }; examined: string };
}

describe.skipIf(!hasAiosmtpd)(
  "aiosmtpd (skipped without aiosmtpd: `bun run test --install-tools` installs it)",
  () => {
    let directory: Awaited<ReturnType<typeof createTemporaryDirectory>>;
    let certificate: Certificate;
    beforeAll(async () => {
      directory = await createTemporaryDirectory();
      certificate = makeCertificate(directory.path, machineName);
    });
    afterAll(() => directory?.[Symbol.asyncDispose]());

    const expectMail = (server: AiosmtpdServer, expected: object) => {
      expect(server.mails).toHaveLength(1);
      const { headers, text, html, ...rest } = server.mails[0]!;
      expect(rest).toEqual({
        from: "music@example.com",
        to: ["ada@example.com"],
        defects: [],
        tls: true,
        user: login.user,
        ...expected,
      });
      expect(headers).toMatchObject({
        from: '"Müller \\"Töne\\", GmbH" <music@example.com>',
        to: "ada@example.com",
        "content-language": "ar",
        "auto-submitted": "auto-generated",
      });
      expect(headers.subject).toStartWith("Grüße, لحن لحن");
      expect(headers.subject).not.toContain("\n");
      expect(headers.bcc).toBeUndefined();
      expect(text.replaceAll("\r\n", "\n")).toBe(mail.text);
      expect(html.trim()).toBe(mail.html);
    };

    test.each(["starttls", "smtps"] as const)(
      "with %s and a password, a mail arrives complete and correct",
      async (tls) => {
        await using server = await startAiosmtpd({ tls, login, certificate });
        const scheme = tls === "smtps" ? "smtps" : "smtp";
        const url = `${scheme}://${credentials}${machineName}:${server.port}`;
        expect(await send(url, mail.to, certificate)).toEqual({ sent: { kind: "sent" }, examined: "good" });
        expectMail(server, {});
      },
    );

    test("a mail server at a loopback address gets mails without TLS and without a password", async () => {
      await using server = await startAiosmtpd({ tls: "none" });
      const url = `smtp://127.0.0.1:${server.port}?from=music@example.com`;
      expect(await send(url)).toEqual({ sent: { kind: "sent" }, examined: "good" });
      expectMail(server, { tls: false, user: null });
    });

    test.each(["starttls", "smtps"] as const)(
      "with %s, a server whose certificate is unknown or names another host gets no mail",
      async (tls) => {
        const scheme = tls === "smtps" ? "smtps" : "smtp";
        const waits = { sent: { kind: "UNAVAILABLE" }, examined: "wrong" };
        await using unknown = await startAiosmtpd({ tls, login });
        expect(await send(`${scheme}://${credentials}${machineName}:${unknown.port}`)).toEqual(waits);
        const other = makeCertificate(directory.path, "other.example.com");
        await using wrong = await startAiosmtpd({ tls, login, certificate: other });
        const url = `${scheme}://${credentials}${machineName}:${wrong.port}`;
        expect(await send(url, mail.to, other)).toEqual(waits);
        expect([...unknown.mails, ...wrong.mails]).toEqual([]);
      },
    );

    test("if the mailer has a password but can't sign in over TLS, it throws UNAVAILABLE", async () => {
      await using server = await startAiosmtpd({ tls: "starttls", login, certificate });
      await using plain = await startAiosmtpd({ tls: "none", login });
      const waits = { sent: { kind: "UNAVAILABLE" }, examined: "wrong" };
      const to = (user: string, port: number) =>
        send(`smtp://${user}${machineName}:${port}`, mail.to, certificate);
      expect(await to("music%40example.com:wrong@", server.port)).toEqual(waits);
      expect(await to(credentials, plain.port)).toEqual(waits);
      expect(await to(credentials, freePort())).toEqual(waits);
      expect([...server.mails, ...plain.mails]).toEqual([]);
    });

    test("a missing mailbox and a busy mailbox give different results", async () => {
      await using server = await startAiosmtpd({ tls: "starttls", login, certificate });
      const url = `smtp://${credentials}${machineName}:${server.port}`;
      expect((await send(url, "nobody@example.com", certificate)).sent).toMatchObject({
        kind: "refused",
        reason: expect.stringContaining("No such mailbox"),
      });
      expect((await send(url, "later@example.com", certificate)).sent).toEqual({ kind: "UNAVAILABLE" });
      expect(server.mails).toEqual([]);
    });
  },
);
