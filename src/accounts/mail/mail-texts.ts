// Contains the texts of the mails in each language. A mail is written in the language of the request that caused it.
import type { MailKind, MailLanguage } from "../../jobs/mail-job.ts";

/**
 * The parts of a mail. `{business}` stands for the name of the business, `{newEmail}` for the requested e-mail address,
 * and `{date}` for the day (UTC) on which a deleted account is erased. A placeholder without a value becomes empty.
 */
export interface MailText {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** The label of the link; absent if the mail has no link. */
  readonly action?: string;
  /** The last paragraph, below the link. */
  readonly ending: string;
}

export const mailTexts: Readonly<Record<MailLanguage, Readonly<Record<MailKind, MailText>>>> = {
  en: {
    "reset-password": {
      subject: "Set a new password for {business}",
      paragraphs: ["You asked for a new password for your account at {business}."],
      action: "Set a new password",
      ending:
        "The link works once, for 30 minutes. If you didn’t ask for it, do nothing: your password stays as it is.",
    },
    "verify-email": {
      subject: "Confirm your e-mail address for {business}",
      paragraphs: ["Please confirm that this is your e-mail address for {business}."],
      action: "Confirm my address",
      ending: "The link works once, for 30 minutes. If you have no account at {business}, ignore this mail.",
    },
    "password-changed": {
      subject: "Your password for {business} was changed",
      paragraphs: [
        "The password of your account at {business} was changed, and every other device was signed out.",
      ],
      action: "This wasn’t me",
      ending: "If you changed it, there is nothing to do.",
    },
    "email-changing": {
      subject: "Your e-mail address for {business} is about to change",
      paragraphs: ["Your account at {business} will use {newEmail} as soon as that address is confirmed."],
      action: "This wasn’t me",
      ending: "If you asked for it, there is nothing to do.",
    },
    "account-deleted": {
      subject: "Your account for {business} is being deleted",
      paragraphs: [
        "Your account at {business} is closed: every device is signed out, and nobody can find your music.",
        "It will be deleted for good on {date}. Until then you can sign in and restore it with everything in it.",
      ],
      action: "Sign in and restore my account",
      ending: "If you want it to be deleted, there is nothing to do.",
    },
  },
  de: {
    "reset-password": {
      subject: "Neues Passwort für {business}",
      paragraphs: ["Du möchtest ein neues Passwort für dein Konto bei {business}."],
      action: "Neues Passwort wählen",
      ending:
        "Der Link gilt einmal und 30 Minuten lang. Wenn du das nicht warst, musst du nichts tun: Dein Passwort bleibt, wie es ist.",
    },
    "verify-email": {
      subject: "Bestätige deine E-Mail-Adresse für {business}",
      paragraphs: ["Bitte bestätige, dass dies deine E-Mail-Adresse für {business} ist."],
      action: "Adresse bestätigen",
      ending:
        "Der Link gilt einmal und 30 Minuten lang. Wenn du kein Konto bei {business} hast, kannst du diese Mail ignorieren.",
    },
    "password-changed": {
      subject: "Dein Passwort für {business} wurde geändert",
      paragraphs: [
        "Das Passwort deines Kontos bei {business} wurde geändert, und alle anderen Geräte wurden abgemeldet.",
      ],
      action: "Das war ich nicht",
      ending: "Wenn du es geändert hast, musst du nichts tun.",
    },
    "email-changing": {
      subject: "Deine E-Mail-Adresse für {business} wird geändert",
      paragraphs: ["Dein Konto bei {business} verwendet {newEmail}, sobald diese Adresse bestätigt ist."],
      action: "Das war ich nicht",
      ending: "Wenn du das möchtest, musst du nichts tun.",
    },
    "account-deleted": {
      subject: "Dein Konto bei {business} wird gelöscht",
      paragraphs: [
        "Dein Konto bei {business} ist geschlossen: Alle Geräte sind abgemeldet, und niemand findet deine Musik mehr.",
        "Am {date} wird es endgültig gelöscht. Bis dahin kannst du dich anmelden und es mit allem wiederherstellen.",
      ],
      action: "Anmelden und mein Konto wiederherstellen",
      ending: "Wenn es gelöscht werden soll, musst du nichts tun.",
    },
  },
  ar: {
    "reset-password": {
      subject: "تعيين كلمة مرور جديدة في {business}",
      paragraphs: ["لقد طلبت كلمة مرور جديدة لحسابك في {business}."],
      action: "تعيين كلمة مرور جديدة",
      ending:
        "يعمل الرابط مرة واحدة خلال 30 دقيقة. إذا لم تطلب ذلك فلا داعي لفعل شيء، وتبقى كلمة مرورك كما هي.",
    },
    "verify-email": {
      subject: "تأكيد بريدك الإلكتروني في {business}",
      paragraphs: ["يرجى تأكيد أن هذا هو بريدك الإلكتروني في {business}."],
      action: "تأكيد البريد الإلكتروني",
      ending: "يعمل الرابط مرة واحدة خلال 30 دقيقة. إذا لم يكن لديك حساب في {business} فتجاهل هذه الرسالة.",
    },
    "password-changed": {
      subject: "تم تغيير كلمة مرورك في {business}",
      paragraphs: ["تم تغيير كلمة مرور حسابك في {business}، وتم تسجيل الخروج من كل الأجهزة الأخرى."],
      action: "لم أفعل ذلك",
      ending: "إذا كنت أنت من غيّرها فلا داعي لفعل شيء.",
    },
    "email-changing": {
      subject: "سيتم تغيير بريدك الإلكتروني في {business}",
      paragraphs: ["سيستخدم حسابك في {business} العنوان {newEmail} بعد تأكيده."],
      action: "لم أفعل ذلك",
      ending: "إذا كنت أنت من طلب ذلك فلا داعي لفعل شيء.",
    },
    "account-deleted": {
      subject: "سيتم حذف حسابك في {business}",
      paragraphs: [
        "تم إغلاق حسابك في {business}: تم تسجيل الخروج من كل الأجهزة، ولم يعد أحد يجد موسيقاك.",
        "سيُحذف نهائيًا في {date}. وحتى ذلك الحين يمكنك تسجيل الدخول واستعادته بكل ما فيه.",
      ],
      action: "تسجيل الدخول واستعادة حسابي",
      ending: "إذا كنت تريد حذفه فلا داعي لفعل شيء.",
    },
  },
};
