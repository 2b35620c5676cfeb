// Reads a generator's description of itself from GET /capabilities and GET /health.
import type { GeneratorHealth } from "../generator.ts";
import { FarError } from "../remote/far-error.ts";
import { type DeliveryKind, deliveryKinds } from "./address.ts";

export interface Capabilities {
  readonly name: string;
  readonly secondsMin: number;
  readonly secondsMax: number;
  readonly delivery: readonly DeliveryKind[];
  /** Whether the generator itself can make a new version from the audio of the parent version and an instruction. */
  readonly versions: boolean;
  /** The licence of the model's weights. */
  readonly licence: string | undefined;
}

/**
 * A field that is missing or invalid gets a default: delivery in the body, 1 to 600 seconds, no versions. Throws
 * FarError if the answer is not a JSON object, or if it has a `delivery` without a kind that Rondo supports. Does not
 * check whether `secondsMin` is less than `secondsMax`.
 */
export function capabilitiesOf(answer: unknown): Capabilities {
  const { name, secondsMin, secondsMax, delivery, versions, licence } = recordOf(answer, "/capabilities");
  const known = deliveryKinds.filter((kind) => Array.isArray(delivery) && delivery.includes(kind));
  if (delivery !== undefined && known.length === 0)
    throw notOurs("/capabilities", "It lists no delivery that Rondo supports: body, stream or mongodb.");
  return {
    name: typeof name === "string" && name.trim() !== "" ? name.trim().slice(0, 100) : "generator",
    secondsMin: isNumber(secondsMin) ? secondsMin : 1,
    secondsMax: isNumber(secondsMax) ? secondsMax : 600,
    delivery: delivery === undefined ? ["body"] : known,
    versions: versions === true,
    licence: typeof licence === "string" ? licence : undefined,
  };
}

/**
 * Throws FarError if the answer is not a JSON object or its `status` is unknown. An invalid number
 * is left out.
 */
export function healthOf(answer: unknown): GeneratorHealth {
  const { status, slots, free, queued, etaSeconds } = recordOf(answer, "/health");
  if (status !== "ready" && status !== "starting" && status !== "busy")
    throw notOurs("/health", "Its status is not ready, starting or busy.");
  const count = (value: unknown) => (isNumber(value) ? value : undefined);
  return {
    status,
    ...{ slots: count(slots), free: count(free), queued: count(queued), etaSeconds: count(etaSeconds) },
  };
}

const isNumber = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value) && value >= 0;

function recordOf(answer: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof answer === "object" && answer !== null && !Array.isArray(answer))
    return answer as Readonly<Record<string, unknown>>;
  throw notOurs(path, "It is not a JSON object.");
}

const notOurs = (path: string, what: string): FarError =>
  new FarError("GENERATION_FAILED", `The generator's answer at ${path} can't be used. ${what}`, {
    hint: "docs/generators.md describes the answers.",
  });
