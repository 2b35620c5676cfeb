// Starts a stand-in for the operator's own generator, which implements the contract in docs/generators.md.
import { createHmac } from "node:crypto";
import { type FarRequest, type FarSide, jsonReply, startFarSide } from "./far-side.ts";
import { type Sound, type SoundFault, soundReply } from "./sound-replies.ts";

export interface OwnStart {
  readonly requestId: string;
  readonly rowId: string;
  readonly prompt: string;
  readonly parent?: {
    readonly rowId: string;
    readonly instruction: string;
    readonly audioUrl: string | null;
  };
  readonly delivery: {
    readonly stream?: { readonly url: string; readonly token: string };
    readonly mongodb?: { readonly database: string; readonly stream: string };
  };
  readonly [field: string]: unknown;
}

export interface OwnGeneratorOptions {
  /** The fault of the responses to POST /generate; has no effect if `deliver` is set. */
  readonly fault?: SoundFault;
  /** Fields of the response to GET /capabilities that are added to the default fields, or replace them. */
  readonly capabilities?: Readonly<Record<string, unknown>>;
  /** If set, each request without a valid signature gets 401. */
  readonly secret?: string;
  /** The status of the response to a cancellation; 204 by default. */
  readonly cancelStatus?: number;
  /**
   * If set, this function is called for each POST /generate and delivers the chunks to a stream or to MongoDB. The POST
   * is answered at once, with the status 202. Errors of this function are ignored.
   */
  readonly deliver?: (start: OwnStart) => Promise<void>;
}

export interface OwnGenerator extends FarSide {
  readonly starts: readonly OwnStart[];
  /** The ids in the paths of the DELETE requests, in the order of their arrival. */
  readonly cancelled: readonly string[];
}

const ownCapabilities = {
  name: "stand-in",
  contentTypes: ["audio/mpeg"],
  secondsMin: 10,
  secondsMax: 600,
  delivery: ["body"],
  deterministic: false,
  versions: false,
  extend: false,
  licence: "MIT",
};

export async function startOwnGenerator(
  sound: Sound,
  options: OwnGeneratorOptions = {},
): Promise<OwnGenerator> {
  const { fault = "none", secret, deliver, cancelStatus = 204 } = options;
  const starts: OwnStart[] = [];
  const cancelled: string[] = [];
  const side = await startFarSide(async (request) => {
    if (secret !== undefined && !isSigned(secret, request))
      return jsonReply({ code: "UNAUTHENTICATED", message: "Not signed." }, 401);
    const [path] = request.path.split("?");
    if (path === "/health")
      return jsonReply({ status: "ready", slots: 2, free: 2, queued: 0, etaSeconds: 0 });
    if (path === "/capabilities") return jsonReply({ ...ownCapabilities, ...options.capabilities });
    if (request.method === "DELETE") {
      cancelled.push(decodeURIComponent(path?.replace("/generate/", "") ?? ""));
      return { status: cancelStatus };
    }
    if (path !== "/generate") return jsonReply({ code: "NOT_FOUND", message: "There is no such call." }, 404);
    const start = JSON.parse(request.body.toString("utf8")) as OwnStart;
    starts.push(start);
    if (deliver === undefined) return soundReply(fault, sound, request, starts.length - 1);
    void deliver(start).catch(() => undefined);
    return jsonReply({ delivery: start.delivery.mongodb ? "mongodb" : "stream" }, 202);
  });
  return {
    url: side.url,
    requests: side.requests,
    starts,
    cancelled,
    get open() {
      return side.open;
    },
    [Symbol.asyncDispose]: () => side[Symbol.asyncDispose](),
  };
}

/**
 * Verifies the signature as a receiver of Standard Webhooks does. Only a secret with the prefix
 * whsec_ is decoded from base64.
 */
function isSigned(secret: string, { headers, body }: FarRequest): boolean {
  const [id, timestamp] = [headers.get("webhook-id"), headers.get("webhook-timestamp")];
  if (id === null || timestamp === null || Math.abs(Date.now() / 1000 - Number(timestamp)) > 300)
    return false;
  const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice(6), "base64") : Buffer.from(secret);
  const digest = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64");
  return headers.get("webhook-signature")?.split(" ").includes(`v1,${digest}`) === true;
}
