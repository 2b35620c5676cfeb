// Defines a finding of `rondo doctor` about one store, returned by an adapter that has examined its server.

export interface Found {
  /** "wrong": Rondo does not work as it should until this is fixed. */
  readonly state: "good" | "warning" | "wrong";
  /** The finding in one sentence. */
  readonly says: string;
  /** A sentence that says what the operator can do. */
  readonly hint?: string;
}

export const good = (says: string): Found => ({ state: "good", says });
export const warning = (says: string, hint: string): Found => ({ state: "warning", says, hint });
export const wrong = (says: string, hint: string): Found => ({ state: "wrong", says, hint });
