// Chooses the language of a mail. It is the language that the page sends, otherwise the known language that the
// browser prefers, otherwise English.
import { type MailLanguage, mailLanguages } from "../../../jobs/mail-job.ts";
import { acceptedLanguage } from "../../requests/accepted-language.ts";
import type { HttpContext } from "../../wire.ts";

export function mailLanguageOf(c: HttpContext, named?: MailLanguage): MailLanguage {
  return named ?? acceptedLanguage(c.req.header("accept-language"), mailLanguages) ?? "en";
}
