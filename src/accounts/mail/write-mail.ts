// Writes a mail as plain text and as HTML. The sender's name is the name of the business.
import type { MailKind, MailLanguage } from "../../jobs/mail-job.ts";
import type { Mail } from "../../ports/mailer/mailer.ts";
import { mailTexts } from "./mail-texts.ts";

interface MailFacts {
  readonly kind: MailKind;
  readonly language: MailLanguage;
  readonly to: string;
  /** The name of the business. */
  readonly business: string;
  readonly newEmail: string;
  /** The time at which a deleted account is erased (RFC 3339); null for other accounts. */
  readonly deleteAfter: string | null;
  readonly link: string;
}

export function writeMail({ kind, language, to, business, newEmail, deleteAfter, link }: MailFacts): Mail {
  const { subject, paragraphs, action, ending } = mailTexts[language][kind];
  const names: Readonly<Record<string, string>> = {
    ...{ business: oneLine(business), newEmail },
    date: deleteAfter === null ? "" : dateOf(deleteAfter, language),
  };
  const named = (text: string): string => text.replace(/\{(\w+)\}/g, (_, name: string) => names[name] ?? "");
  const html = (text: string): string => escaped(named(text));
  const direction = language === "ar" ? "rtl" : "ltr";
  return {
    to,
    language,
    fromName: names.business!,
    subject: named(subject),
    text: [
      ...paragraphs.map(named),
      ...(action === undefined ? [] : [`${action}:\n${link}`]),
      named(ending),
      "",
    ].join("\n\n"),
    html: [
      `<!doctype html><html lang="${language}" dir="${direction}"><head><meta charset="utf-8"><title>${html(subject)}</title></head>`,
      '<body style="margin:0;padding:32px 16px;font:16px/1.5 system-ui,sans-serif;color:#16211f;background:#ffffff">',
      '<div style="max-width:480px;margin:0 auto">',
      `<p style="font-weight:600">${escaped(names.business!)}</p>`,
      ...paragraphs.map((text) => `<p>${html(text)}</p>`),
      ...(action === undefined
        ? []
        : [
            `<p><a href="${escaped(link)}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:#16211f;color:#ffffff;text-decoration:none">${html(action)}</a></p>`,
            `<p style="font-size:13px;color:#5a6664;word-break:break-all" dir="ltr">${escaped(link)}</p>`,
          ]),
      `<p style="font-size:14px;color:#5a6664">${html(ending)}</p>`,
      "</div></body></html>",
    ].join("\n"),
  };
}

const dateOf = (instant: string, language: MailLanguage): string =>
  new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(new Date(instant));

/** Removes line breaks and control characters, because the name is in headers of the mail. */
const oneLine = (text: string): string => text.replaceAll(/[\p{C}\s]+/gu, " ").trim();

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => entities[character]!);
