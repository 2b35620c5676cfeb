// Chooses the words for a refusal of the server. If a sentence of the server is meant for developers, it is replaced.
import { isServed, locale, served, t } from "../i18n/translate.ts";

/** A refusal as the server sends it. */
interface ServerRefusal {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  readonly details?:
    { readonly resetsAt?: unknown; readonly limit?: unknown; readonly deleteAfter?: unknown } | undefined;
}

/** Error codes that are explained to people with the words of another code. */
const alike: Readonly<Record<string, string>> = {
  BODY_TOO_LARGE: "INVALID_BODY",
  IDEMPOTENCY_MISMATCH: "CONFLICT",
  METHOD_NOT_ALLOWED: "INTERNAL",
  RANGE_NOT_SATISFIABLE: "NOT_FOUND",
  RESULT_TOO_LARGE: "QUERY_TIMEOUT",
  STORE_DAMAGED: "INTERNAL",
  STORE_NEWER: "UNAVAILABLE",
  STREAM_CLOSED: "CONFLICT",
  UNSUPPORTED_MEDIA_TYPE: "INVALID_BODY",
  URL_TOO_LONG: "INVALID_BODY",
};

/**
 * The words for each error code. `says` replaces the server's message. Without `says`, the server's message is shown,
 * because it is clear to everybody. `hint` is shown with `says`, or if the server sent no hint.
 */
const english: Readonly<Record<string, { readonly says?: string; readonly hint: string }>> = {
  ACCOUNT_DELETING: { says: "This account is being deleted.", hint: "Sign in to restore it." },
  CONFLICT: { hint: "Reload the page and try again." },
  CONTENT_DAMAGED: { says: "This recording is damaged.", hint: "Make the piece again." },
  FORBIDDEN: { says: "That isn’t allowed here.", hint: "Sign in with another account." },
  GENERATION_FAILED: { hint: "Try again." },
  GONE: { hint: "Go back to your pieces." },
  INTERNAL: { says: "Something went wrong on the server.", hint: "Try again in a moment." },
  INVALID_BODY: { says: "This input can’t be used.", hint: "Check what you wrote." },
  INVALID_PARAMETER: { hint: "Check what you wrote." },
  NOT_FOUND: { says: "This doesn’t exist any more.", hint: "It may have been deleted." },
  QUERY_TIMEOUT: { says: "The answer took too long.", hint: "Try again." },
  QUOTA_REACHED: { hint: "Try again later." },
  STORAGE_FULL: { says: "The server has no space left.", hint: "Try again later." },
  TOO_MANY_REQUESTS: { hint: "Wait a moment, then try again." },
  UNAUTHENTICATED: { hint: "Sign in, then try again." },
  UNAVAILABLE: { hint: "Try again in a moment." },
};

/**
 * Returns the message and the hint that the page shows, in the language of the page:
 * - A code of `english` with `says` gets the message and the hint of `english`.
 * - A code of `english` without `says` keeps the server's message, and the server's hint if there is one.
 * - A code of `alike` gets the words of the other code. If the other code has no `says`, the server's message is kept.
 * - Any other code keeps both texts of the server.
 * - If `details` contain the date of an account's deletion, both texts are replaced.
 * - If `details` contain the end of a quota period, the hint is replaced.
 */
export function wordsOf({ code: given, message, hint, details }: ServerRefusal): {
  readonly message: string;
  readonly hint: string | undefined;
} {
  if (given === "ACCOUNT_DELETING" && typeof details?.deleteAfter === "string")
    return {
      message: t("This account is being deleted. It is erased on {date}.", {
        date: dateOf(details.deleteAfter),
      }),
      hint: t("Until then you can restore it with everything in it."),
    };
  const code = alike[given] ?? given;
  const { says = code === given ? undefined : message, hint: next } = english[code] ?? {};
  const resetsAt =
    code === "QUOTA_REACHED" && typeof details?.resetsAt === "string" ? details.resetsAt : undefined;
  const hintNow = (says === undefined ? hint : undefined) ?? next ?? hint;
  // Some limits have a name, and each language has a sentence for each named limit.
  const limit = typeof details?.limit === "string" && isServed(`${code} ${details.limit}`);
  const key = limit ? `${code} ${details.limit}` : code;
  return {
    message: served(says ?? message, key),
    hint:
      resetsAt === undefined
        ? hintNow && served(hintNow, `${key} hint`)
        : t("The count starts again {date}.", { date: dateOf(resetsAt) }),
  };
}

const dateOf = (instant: string): string =>
  new Date(instant).toLocaleString(locale(), { dateStyle: "medium", timeStyle: "short" });
