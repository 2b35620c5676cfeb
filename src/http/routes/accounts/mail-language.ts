// Chooses the language of a mail. If the page sends a language, this language is used. Otherwise,
// the browser's preferred language among `mailLanguages` is used, or English if the browser accepts
// none of them.
import { type MailLanguage, mailLanguages } from "../../../jobs/mail-job.ts";
import { acceptedLanguage } from "../../requests/accepted-language.ts";
import type { HttpContext } from "../../wire.ts";

export function mailLanguageOf(c: HttpContext, named?: MailLanguage): MailLanguage {
  return named ?? acceptedLanguage(c.req.header("accept-language"), mailLanguages) ?? "en";
}
