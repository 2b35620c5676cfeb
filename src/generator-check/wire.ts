// Defines the bodies of requests and answers in the contract of docs/generators.md. The generator check has its own
// types, so that a mistake in the types of Rondo's adapter is not repeated here.

export const deliveries = ["body", "stream", "mongodb"] as const;
export type Delivery = (typeof deliveries)[number];

export interface Health {
  readonly status: "ready" | "starting" | "busy";
  readonly slots: number;
  readonly free: number;
  readonly queued: number;
  readonly etaSeconds: number;
}

export interface Capabilities {
  readonly name: string;
  readonly contentTypes: readonly string[];
  readonly secondsMin: number;
  readonly secondsMax: number;
  readonly delivery: readonly Delivery[];
  readonly deterministic: boolean;
  readonly versions: boolean;
  readonly extend: boolean;
  readonly licence: string;
}

export interface GenerateBody {
  readonly businessId: string;
  readonly userId: string;
  readonly requestId: string;
  readonly rowId: string;
  readonly prompt: string;
  readonly durationSeconds: number;
  readonly seed: number;
  readonly options: Readonly<Record<string, unknown>>;
  readonly parent?: { readonly rowId: string; readonly instruction: string; readonly spec?: unknown };
  /** An instant in RFC 3339 format, in UTC. */
  readonly deadline?: string;
  readonly delivery: {
    readonly stream?: { readonly url: string; readonly token: string };
    readonly mongodb?: { readonly database: string; readonly stream: string; readonly url: string };
  };
}
