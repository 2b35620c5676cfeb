// Defines the type of a business as the operator sees it, the properties of each view that shows one business, and the
// displayed names of the states of a business.
import { t } from "../../i18n/translate.ts";

export interface Business {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly state: string;
  readonly engine: string;
  readonly limits: Limits;
  readonly createdAt: string;
  readonly deleteAfter: string | null;
}

interface Limits {
  readonly rates?: Readonly<
    Record<string, { readonly quota: number; readonly windowSeconds: number } | null>
  >;
  readonly concurrentGenerations?: number | null;
  readonly concurrentGenerationsPerUser?: number;
  readonly generators?: readonly string[];
  readonly quotas?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>>;
}

/** The properties of a view of one business. */
export interface OfBusiness {
  readonly of: string;
  readonly business: Business;
  /** Reads the business again after a change. */
  onChange(): Promise<void>;
}

/** The name of a state, in the language of the console. */
export function businessState(state: string): string {
  const names: Readonly<Record<string, string>> = {
    active: t("active"),
    suspended: t("suspended"),
    deleting: t("being deleted"),
    erasing: t("being erased"),
  };
  return names[state] ?? state;
}
