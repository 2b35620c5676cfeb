// Tests the contract of every mailer. The test of each adapter runs this suite, and starts the server to which the
// mailer sends the mails.
import { describe, expect, test } from "bun:test";
import type { Mail, Mailer } from "./mailer.ts";

export interface MailerHouse extends AsyncDisposable {
  open(): Promise<Mailer>;
  /** Opens a mailer whose server can't be reached. */
  openUnreachable(): Promise<Mailer>;
  /** The mails that the server has accepted: the recipients, and the decoded content. */
  readonly mails: readonly { readonly to: readonly string[]; readonly text: string }[];
}

/** The recipients that the server has to refuse: `never` permanently, and `later` temporarily. */
export const refusedRecipients = { never: "nobody@example.com", later: "later@example.com" } as const;

/** The line break in the subject must not add a recipient. */
export const testMail: Mail = {
  to: "ada@example.com",
  fromName: 'Müller "Töne", GmbH',
  subject: "Grüße\r\nBcc: eve@example.com",
  text: "Hello\n.\nعربي\n",
  html: '<p dir="rtl">عربي</p>',
  language: "ar",
};

const codeOf = (work: Promise<unknown>): Promise<string | undefined> =>
  work.then(
    () => "no error",
    (err: { code?: string }) => err.code,
  );

export function mailerContract(name: string, start: () => Promise<MailerHouse>): void {
  describe(`mailer: ${name}`, () => {
    test("a mail arrives complete and only at its recipient", async () => {
      await using house = await start();
      const mailer = await house.open();
      expect(await mailer.send(testMail)).toEqual({ kind: "sent" });
      expect(await mailer.send({ ...testMail, to: "eve@example.com, ada@example.com" })).toMatchObject({
        kind: "refused",
      });
      expect(house.mails).toHaveLength(1);
      const { to, text } = house.mails[0]!;
      expect(to).toEqual(["ada@example.com"]);
      expect(text).toContain("Hello\n.\nعربي");
      expect(text).toContain('<p dir="rtl">عربي</p>');
      await mailer.close();
    });

    test("a permanently refused recipient and a temporarily refused recipient give different results", async () => {
      await using house = await start();
      const mailer = await house.open();
      const sendTo = (to: string) => mailer.send({ ...testMail, to });
      expect(await sendTo(refusedRecipients.never)).toMatchObject({ kind: "refused" });
      expect(await codeOf(sendTo(refusedRecipients.later))).toBe("UNAVAILABLE");
      expect(house.mails).toEqual([]);
      await mailer.close();
    });

    test("a mail fails with UNAVAILABLE if the server can't be reached", async () => {
      await using house = await start();
      const mailer = await house.openUnreachable();
      expect(await codeOf(mailer.send(testMail))).toBe("UNAVAILABLE");
      await mailer.close();
    });

    test("closing a mailer twice is no error", async () => {
      await using house = await start();
      const mailer = await house.open();
      await mailer.close();
      await mailer.close();
    });
  });
}
