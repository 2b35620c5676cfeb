// Chooses the language of a mail. It is the language that the page sends, otherwise the first known language of the
// browser, otherwise English.
import { type MailLanguage, mailLanguages } from "../../../jobs/mail-job.ts";
import type { HttpContext } from "../../wire.ts";

export function mailLanguageOf(c: HttpContext, named?: MailLanguage): MailLanguage {
  if (named !== undefined) return named;
  for (const part of (c.req.header("accept-language") ?? "").split(",", 20)) {
    const primary = part.trim().slice(0, 2).toLowerCase();
    const known = mailLanguages.find((one) => one === primary);
    if (known !== undefined) return known;
  }
  return "en";
}
