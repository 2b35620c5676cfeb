// Sends mails over SMTP. Each mail has its own connection.
import { AppError } from "../../../errors.ts";
import type { Mailer } from "../mailer.ts";
import type { OpenMailerOptions } from "../technology.ts";
import { createTransport, senderOf } from "./transport.ts";

export function createSmtpMailer(url: string, { senderHost }: OpenMailerOptions): Mailer {
  const transport = createTransport(url);
  const address = senderOf(url, senderHost);
  return {
    async send({ to, fromName, subject, text, html, language }) {
      try {
        await transport.sendMail({
          from: { name: fromName, address },
          // The address is passed as an object, because a string would be read as a list of addresses.
          to: { name: "", address: to },
          ...{ subject, text, html },
          headers: { "Content-Language": language, "Auto-Submitted": "auto-generated" },
        });
        return { kind: "sent" };
      } catch (err) {
        const reason = refusalOf(err);
        if (reason !== undefined) return { kind: "refused", reason };
        throw new AppError("UNAVAILABLE", "The mail server can't be used at the moment.", { cause: err });
      }
    },
    async close() {
      transport.close();
    },
  };
}

/**
 * Returns why this mail can never be sent, or undefined for all other errors (for example, if the server refuses the
 * sender). If the server permanently refused the recipient or the content, the reason is its reply (RFC 5321, 4.2.1).
 * If nodemailer refused the mail itself, for example without a recipient, the reason is the message of the error.
 */
function refusalOf(err: unknown): string | undefined {
  const { code, command, responseCode, response, message } = err as Partial<{
    code: string;
    /** The SMTP command to which the server replied. */
    command: string;
    responseCode: number;
    response: string;
    message: string;
  }>;
  // If the server refuses the sender (MAIL FROM), the cause is the configuration, and not this mail.
  const isOfMail = (code === "EENVELOPE" && command !== "MAIL FROM") || code === "EMESSAGE";
  const isForGood = responseCode === undefined || responseCode >= 500;
  return isOfMail && isForGood ? (response ?? message ?? "The mail was refused.") : undefined;
}
