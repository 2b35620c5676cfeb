// Declares the SMTP adapter of the mailer. With `smtps:`, the connection uses TLS from the start. With `smtp:`, there
// are three cases. If the mail server is on this machine, no TLS is used. Otherwise, if the URL has a user, STARTTLS is
// required. Without a user, STARTTLS is used only if the mail server offers it.
import type { MailerTechnology } from "../technology.ts";

export const smtp: MailerTechnology = {
  name: "SMTP",
  schemes: ["smtp", "smtps"],
  example: "smtp://user:password@mail.example.com:587?from=music@example.com",
  faultOf(location) {
    if (!URL.canParse(location) || new URL(location).hostname === "") return "The URL has no host.";
    const { searchParams } = new URL(location);
    const unknown = [...searchParams.keys()].find((name) => name !== "from");
    if (unknown !== undefined) return `The only parameter is "from", not "${unknown}".`;
    const from = searchParams.get("from");
    return from === null || /^[^\s@<>"]+@[^\s@<>"]+$/.test(from)
      ? undefined
      : '"from" is not an e-mail address.';
  },
  async open(url, options) {
    const { createSmtpMailer } = await import("./mailer.ts");
    return createSmtpMailer(url, options);
  },
  async examine(url) {
    const { examineSmtp } = await import("./examine.ts");
    return examineSmtp(url);
  },
};
