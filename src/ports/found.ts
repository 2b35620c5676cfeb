// Defines a finding of `rondo doctor` about one store. Adapters return findings after they have examined their server.

export interface Found {
  /** "wrong" means that Rondo does not work correctly until the problem is fixed. */
  readonly state: "good" | "warning" | "wrong";
  /** The finding in one sentence. */
  readonly says: string;
  /** One sentence that tells the operator what to do. Absent only if `state` is "good". */
  readonly hint?: string;
}

export const good = (says: string): Found => ({ state: "good", says });
export const warning = (says: string, hint: string): Found => ({ state: "warning", says, hint });
export const wrong = (says: string, hint: string): Found => ({ state: "wrong", says, hint });
