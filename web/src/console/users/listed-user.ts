// Defines the fields of a user in the list of users, the names of the kinds of users, and the path of the list.
import { t } from "../../i18n/translate.ts";

export interface ListedUser {
  readonly userId: string;
  readonly kind: string;
  readonly email: string | null;
  readonly createdAt: string;
  readonly tracks: number;
  readonly openSessions: number;
  readonly deleteAfter: string | null;
}

/**
 * `of` is the slug of the business in the operator's console, and undefined in the console of a
 * business.
 */
export const pathOf = (of: string | undefined): readonly string[] =>
  of === undefined ? ["users"] : ["businesses", of, "users"];

/**
 * Returns the name of a kind of user in the language of the console. Returns an unknown kind
 * unchanged.
 */
export function kindOf(kind: string): string {
  const names: Readonly<Record<string, string>> = {
    guest: t("guest"),
    member: t("member"),
    external: t("own sign-in"),
  };
  return names[kind] ?? kind;
}
