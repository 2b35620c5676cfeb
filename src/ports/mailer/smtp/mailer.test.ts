// Tests the SMTP mailer against a real mail server.
import { expect, test } from "bun:test";
import { startMailServer } from "../../../testing/servers/mail-server.ts";
import { mailerContract, refusedRecipients, testMail as mail } from "../contract.ts";
import { smtp } from "./index.ts";
import { senderOf } from "./transport.ts";

const options = { senderHost: "music.example.com" };
const code = (work: Promise<unknown>) =>
  work.then(
    () => "no error",
    (err: { code?: string }) => err.code,
  );

mailerContract("SMTP", async () => {
  const server = await startMailServer({
    refuse: (to) => (to === refusedRecipients.never ? 550 : to === refusedRecipients.later ? 451 : undefined),
  });
  return {
    mails: server.mails,
    open: () => smtp.open(`smtp://127.0.0.1:${server.port}`, options),
    openUnreachable: () => smtp.open("smtp://127.0.0.1:1", options),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
});

test("the sender of a mail is the address with which the mailer signs in", async () => {
  await using server = await startMailServer({
    onAuth: ({ username, password }, _, done) =>
      username === "music@example.com" && password === "p:w"
        ? done(null, { user: username })
        : done(new Error("wrong")),
  });
  const mailer = await smtp.open(`smtp://music%40example.com:p%3Aw@127.0.0.1:${server.port}`, options);
  expect(await mailer.send(mail)).toEqual({ kind: "sent" });
  const [{ raw } = { raw: "" }] = server.mails;
  expect(raw).toContain("<music@example.com>");
  expect(raw).not.toMatch(/^Bcc:/m);
  await mailer.close();
});

test("a server that refuses the credentials or lacks the required TLS gets no mail", async () => {
  await using server = await startMailServer({
    onAuth: (_login, _session, done) => done(new Error("wrong")),
  });
  const open = (login: string, scheme = "smtp") =>
    smtp.open(`${scheme}://${login}127.0.0.1:${server.port}`, options);
  expect(await code((await open("user:wrong@")).send(mail))).toBe("UNAVAILABLE");
  expect(await code((await open("", "smtps")).send(mail))).toBe("UNAVAILABLE");
  expect(server.mails).toEqual([]);
  expect(await smtp.examine(`smtp://127.0.0.1:${server.port}`)).toMatchObject([{ state: "good" }]);
  expect(await smtp.examine("smtp://127.0.0.1:1")).toMatchObject([{ state: "wrong" }]);
});

test("if the server refuses the sender, the mailer throws UNAVAILABLE", async () => {
  await using server = await startMailServer({
    onMailFrom: (_address, _session, done) =>
      done(Object.assign(new Error("Authentication required."), { responseCode: 530 })),
  });
  const mailer = await smtp.open(`smtp://127.0.0.1:${server.port}`, options);
  expect(await code(mailer.send(mail))).toBe("UNAVAILABLE");
  await mailer.close();
});

test("a server whose certificate can't be verified gets no mail", async () => {
  await using server = await startMailServer({ secure: true });
  const mailer = await smtp.open(`smtps://127.0.0.1:${server.port}`, options);
  expect(await code(mailer.send(mail))).toBe("UNAVAILABLE");
  expect(server.mails).toEqual([]);
});

test("if the URL contains no address, the sender is an address at the public host", () => {
  const sender = (url: string) => senderOf(url, "music.example.com");
  expect(sender("smtp://h?from=a%40b.example")).toBe("a@b.example");
  expect(sender("smtp://a%40b.example:p@h")).toBe("a@b.example");
  expect(sender("smtp://user:p@h")).toBe("no-reply@music.example.com");
  expect(smtp.faultOf("smtp://user:p@h:587?from=a@b.example")).toBeUndefined();
  for (const url of ["smtp://", "smtp://h?from=a", "smtp://h?form=a@b.example"])
    expect(smtp.faultOf(url)).toBeString();
});
