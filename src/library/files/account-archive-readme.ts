// Creates the text of README.txt, a file of a user's data archive, in one of the languages of the web page.
import type { Business } from "../../businesses/business.ts";
import { activeStates } from "../../generations/generation-states.ts";
import type { MailLanguage } from "../../jobs/mail-job.ts";
import { type FileVersion, nameOf } from "./version-file.ts";

export interface AccountReadme {
  readonly business: Pick<Business, "name" | "slug">;
  readonly language: MailLanguage;
  /** The time of the archive (RFC 3339). */
  readonly at: string;
  /** The versions whose sound is not in the archive. */
  readonly missing: readonly FileVersion[];
}

export function accountReadme({ business, language, at, missing }: AccountReadme): string {
  const words = texts[language];
  const values: Readonly<Record<string, string>> = { business: oneLine(business.name || business.slug), at };
  const filled = (text: string): string =>
    text.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
  return `${[
    filled(words.title),
    filled(words.content),
    Object.entries(words.files)
      .map(([name, text]) => `${name.padEnd(15)}${text}`)
      .join("\n"),
    missing.length === 0
      ? words.complete
      : [
          words.missing,
          ...missing.map((version) => `- ${oneLine(nameOf(version))}: ${words.reasons[reasonOf(version)]}`),
        ].join("\n"),
  ].join("\n\n")}\n`;
}

function reasonOf({ state, storage }: FileVersion): keyof ReadmeText["reasons"] {
  if (activeStates.includes(state)) return "unfinished";
  // A cancelled or failed version can have sound as well, and the sound can be damaged.
  return state === "complete" || storage === "damaged" ? "damaged" : "empty";
}

const oneLine = (text: string): string => text.replaceAll(/[\p{C}\s]+/gu, " ").trim();

/** The parts of the text. `{business}` and `{at}` are placeholders. */
interface ReadmeText {
  readonly title: string;
  readonly content: string;
  readonly files: Readonly<
    Record<"README.txt" | "data.json" | "manifest.json" | "music/" | "trash/", string>
  >;
  readonly complete: string;
  readonly missing: string;
  /** Why a version has no sound: it is not finished, its sound is damaged, or it ended without sound. */
  readonly reasons: Readonly<Record<"unfinished" | "damaged" | "empty", string>>;
}

const texts: Readonly<Record<MailLanguage, ReadmeText>> = {
  en: {
    title: "Your data at {business}",
    content: "This archive contains the data that {business} stores about you, as of {at}.",
    files: {
      "README.txt": "this text",
      "data.json":
        "your account, your sessions, your usage before the day of this archive (UTC), and your rows of every table",
      "manifest.json": "your pieces and their versions, with the names of their files in this archive",
      "music/": "your pieces as MP3, in a folder for each album",
      "trash/": "the pieces in your trash as MP3",
    },
    complete: "No piece is missing.",
    missing: "These pieces are described in manifest.json, but their sound is not in this archive:",
    reasons: {
      unfinished: "it was still being made. Download your data again when it is finished.",
      damaged: "its stored sound is damaged.",
      empty: "it ended before any sound was made.",
    },
  },
  de: {
    title: "Deine Daten bei {business}",
    content: "Dieses Archiv enthält die Daten, die {business} über dich speichert. Stand: {at}.",
    files: {
      "README.txt": "dieser Text",
      "data.json":
        "dein Konto, deine Sitzungen, deine Nutzung vor dem Tag dieses Archivs (UTC) und deine Zeilen jeder Tabelle",
      "manifest.json": "deine Stücke und ihre Fassungen, mit den Namen ihrer Dateien in diesem Archiv",
      "music/": "deine Stücke als MP3, mit einem Ordner für jedes Album",
      "trash/": "die Stücke in deinem Papierkorb als MP3",
    },
    complete: "Es fehlt kein Stück.",
    missing: "Diese Stücke sind in manifest.json beschrieben, aber ihr Ton ist nicht in diesem Archiv:",
    reasons: {
      unfinished: "Es wurde noch komponiert. Lade deine Daten noch einmal herunter, wenn es fertig ist.",
      damaged: "Sein gespeicherter Ton ist beschädigt.",
      empty: "Es endete, bevor ein Ton entstand.",
    },
  },
  ar: {
    title: "بياناتك في {business}",
    content: "يحتوي هذا الأرشيف على البيانات التي يخزّنها {business} عنك حتى {at}.",
    files: {
      "README.txt": "هذا النص",
      "data.json": "حسابك وجلساتك واستخدامك قبل ذلك اليوم (UTC) وصفوفك في كل جدول",
      "manifest.json": "مقطوعاتك ونسخها، مع أسماء ملفاتها في هذا الأرشيف",
      "music/": "مقطوعاتك بصيغة MP3، في مجلد لكل ألبوم",
      "trash/": "المقطوعات التي في سلة مهملاتك بصيغة MP3",
    },
    complete: "لا تنقص أي مقطوعة.",
    missing: "هذه المقطوعات موصوفة في manifest.json، لكن صوتها ليس في هذا الأرشيف:",
    reasons: {
      unfinished: "كانت قيد التلحين. نزّل بياناتك مرة أخرى عندما تكتمل.",
      damaged: "صوتها المخزّن تالف.",
      empty: "انتهت قبل أن يُنشأ أي صوت.",
    },
  },
};
