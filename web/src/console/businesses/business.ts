// Describes a business as the operator sees it, and the properties of its views.

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
