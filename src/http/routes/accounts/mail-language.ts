// Chooses the language of a mail: the one that the page names, otherwise the first known one of the browser.
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
