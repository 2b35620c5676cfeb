// Sends the console's requests. They carry a key, which stays in this tab only.
import { createSignal } from "solid-js";
import { send } from "../lib/send.ts";
import { stored } from "../lib/stored.ts";

export type Role = "operator" | "business";

interface Key {
  readonly role: Role;
  readonly secret: string;
}

export interface Business {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly state: string;
  readonly engine: string;
  readonly createdAt: string;
}

export interface BusinessKey {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

export interface Job {
  readonly id: string;
  readonly queue: string;
  readonly name: string;
  readonly state: string;
  readonly businessId: string;
  readonly attempts: number;
  readonly error?: string | null;
}

export interface NamedQuery {
  readonly name: string;
  readonly summary: string;
  readonly method: "GET" | "POST";
  readonly scope: string;
  readonly parameters: {
    readonly properties?: Readonly<Record<string, { readonly type?: string; readonly description?: string }>>;
    readonly required?: readonly string[];
  };
}

const kept = stored("rondo.console", "sessionStorage");

const isKey = (value: unknown): value is Key =>
  typeof value === "object" && value !== null && "secret" in value && "role" in value;

const before = kept.read();
const [key, setKey] = createSignal<Key | undefined>(isKey(before) ? before : undefined);
export { key };

const headersOf = (secret: string) => ({ authorization: `Bearer ${secret}` });

/** Finds out whom the key belongs to. Rejects with the server's error for an unknown key. */
export async function enter(secret: string): Promise<void> {
  const role = await send("GET", "/v1/jobs/counts", undefined, headersOf(secret)).then(
    () => "operator" as const,
    async () => {
      await send("GET", "/v1/queries/business.users?limit=1", undefined, headersOf(secret));
      return "business" as const;
    },
  );
  const entered = { role, secret };
  kept.write(entered);
  setKey(entered);
}

export function leave(): void {
  kept.write(null);
  setKey(undefined);
}

export const call = <T>(method: string, path: string, body?: unknown): Promise<T> =>
  send<T>(method, path, body, headersOf(key()?.secret ?? ""));

/** Runs a query with a user's token instead of the key. */
export const callAs = <T>(token: string, method: string, path: string, body?: unknown): Promise<T> =>
  send<T>(method, path, body, headersOf(token));

/** The sum of a metric over all of its labels, from the text of Prometheus. */
export async function readMetrics(): Promise<(name: string) => number> {
  const res = await fetch("/metrics", { headers: headersOf(key()?.secret ?? "") });
  const lines = (await res.text()).split("\n");
  return (name) =>
    lines
      .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}
