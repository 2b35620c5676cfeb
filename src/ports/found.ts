// A finding of `rondo doctor` about one store: what an adapter says of its server after examining it.

export interface Found {
  /** "wrong": Rondo does not work as it should until this is fixed. */
  readonly state: "good" | "warning" | "wrong";
  /** One sentence. */
  readonly says: string;
  /** What to do. */
  readonly hint?: string;
}

export const good = (says: string): Found => ({ state: "good", says });
export const warning = (says: string, hint: string): Found => ({ state: "warning", says, hint });
export const wrong = (says: string, hint: string): Found => ({ state: "wrong", says, hint });
