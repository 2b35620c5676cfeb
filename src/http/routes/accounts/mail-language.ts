// Chooses the language of a mail: the language that the page sends. If the page sends none, the browser's preferred
// language among `mailLanguages` is chosen, or English if the browser accepts none of these.
import { type MailLanguage, mailLanguages } from "../../../jobs/mail-job.ts";
import { acceptedLanguage } from "../../requests/accepted-language.ts";
import type { HttpContext } from "../../wire.ts";

export function mailLanguageOf(c: HttpContext, named?: MailLanguage): MailLanguage {
  return named ?? acceptedLanguage(c.req.header("accept-language"), mailLanguages) ?? "en";
}
