// Defines a webhook endpoint as the server returns it.

export interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly state: string;
  /**
   * The number of failed attempts since the last successful attempt. The server resets the number to 0 when a person
   * changes `state`.
   */
  readonly failures: number;
  readonly blockedUntil: string | null;
  /**
   * Until this time, messages are signed with both the new secret and the former secret; null if
   * there is no former secret.
   */
  readonly formerSecretUntil: string | null;
}

/** Splits a text into types of events. In the text, white space or commas separate the types. */
export const typesIn = (text: string): readonly string[] => text.split(/[\s,]+/).filter(Boolean);
