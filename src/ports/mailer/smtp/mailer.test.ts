// Tests the mailer against a real mail server.
import { expect, test } from "bun:test";
import { startMailServer } from "../../../testing/servers/mail-server.ts";
import type { Mail } from "../mailer.ts";
import { smtp } from "./index.ts";
import { senderOf } from "./transport.ts";

const mail: Mail = {
  to: "ada@example.com",
  fromName: 'Müller "Töne", GmbH',
  subject: "Grüße\r\nBcc: eve@example.com",
  text: "Hello\n.\nعربي\n",
  html: '<p dir="rtl">عربي</p>',
  language: "ar",
};
const options = { senderHost: "music.example.com" };
const code = (work: Promise<unknown>) =>
  work.then(
    () => "no error",
    (err: { code?: string }) => err.code,
  );

test("a mail arrives complete, with characters of any script, and only at its recipient", async () => {
  await using server = await startMailServer({
    onAuth: ({ username, password }, _, done) =>
      username === "music@example.com" && password === "p:w"
        ? done(null, { user: username })
        : done(new Error("wrong")),
  });
  const mailer = await smtp.open(`smtp://music%40example.com:p%3Aw@127.0.0.1:${server.port}`, options);
  expect(await mailer.send(mail)).toEqual({ kind: "sent" });
  expect(await mailer.send({ ...mail, to: "eve@example.com, ada@example.com" })).toMatchObject({
    kind: "refused",
  });
  expect(server.mails).toHaveLength(1);
  const { to, text, raw } = server.mails[0]!;
  expect(to).toEqual(["ada@example.com"]);
  expect(text).toContain("Hello\n.\nعربي");
  expect(text).toContain('<p dir="rtl">عربي</p>');
  expect(raw).toContain("<music@example.com>");
  expect(raw).not.toMatch(/^Bcc:/m);
  await mailer.close();
  await mailer.close();
});

test("a refused recipient gives another result than a server that is busy, refuses the credentials, doesn't support TLS or is unreachable", async () => {
  await using server = await startMailServer({
    refuse: (to) => (to.startsWith("nobody") ? 550 : to.startsWith("later") ? 451 : undefined),
    onAuth: (_login, _session, done) => done(new Error("wrong")),
  });
  const open = (login = "", scheme = "smtp", port = server.port) =>
    smtp.open(`${scheme}://${login}127.0.0.1:${port}`, options);
  const mailer = await open();
  expect(await mailer.send({ ...mail, to: "nobody@example.com" })).toMatchObject({ kind: "refused" });
  expect(await code(mailer.send({ ...mail, to: "later@example.com" }))).toBe("UNAVAILABLE");
  expect(await code((await open("user:wrong@")).send(mail))).toBe("UNAVAILABLE");
  expect(await code((await open("", "smtps")).send(mail))).toBe("UNAVAILABLE");
  expect(await code((await open("", "smtp", 1)).send(mail))).toBe("UNAVAILABLE");
  expect(server.mails).toEqual([]);
  expect(await smtp.examine(`smtp://127.0.0.1:${server.port}`)).toMatchObject([{ state: "good" }]);
  expect(await smtp.examine("smtp://127.0.0.1:1")).toMatchObject([{ state: "wrong" }]);
});

test("a server whose certificate can't be verified gets no mail", async () => {
  await using server = await startMailServer({ secure: true });
  const mailer = await smtp.open(`smtps://127.0.0.1:${server.port}`, options);
  expect(await code(mailer.send(mail))).toBe("UNAVAILABLE");
  expect(server.mails).toEqual([]);
});

test("the sender is taken from the URL, or else is an address at the public host", () => {
  const sender = (url: string) => senderOf(url, "music.example.com");
  expect(sender("smtp://h?from=a%40b.example")).toBe("a@b.example");
  expect(sender("smtp://a%40b.example:p@h")).toBe("a@b.example");
  expect(sender("smtp://user:p@h")).toBe("no-reply@music.example.com");
  expect(smtp.faultOf("smtp://user:p@h:587?from=a@b.example")).toBeUndefined();
  for (const url of ["smtp://", "smtp://h?from=a", "smtp://h?form=a@b.example"])
    expect(smtp.faultOf(url)).toBeString();
});
