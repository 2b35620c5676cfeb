// Defines a webhook endpoint as the server returns it.

export interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly state: string;
  readonly failures: number;
  readonly blockedUntil: string | null;
  /** Until this time, messages are signed with both the new secret and the former secret. */
  readonly formerSecretUntil: string | null;
}

/** Splits a text into types of events. In the text, the types are separated by blanks or commas. */
export const typesIn = (text: string): readonly string[] => text.split(/[\s,]+/).filter(Boolean);
