// Builds the body of POST /generate and chooses the delivery of a generation.
import { AppError } from "../../../errors.ts";
import type { GenerationRequest } from "../generator.ts";
import type { ChunkDeliveries } from "../technology.ts";
import type { DeliveryKind, GeneratorAddress } from "./address.ts";
import type { Capabilities } from "./capabilities.ts";

/**
 * The ways in which a generator can deliver its chunks, the best first. By MongoDB or by stream, a
 * generator can deliver the rest of a piece even if this process has ended. By body, it can't.
 */
const byPreference: readonly DeliveryKind[] = ["mongodb", "stream", "body"];

/**
 * Returns the delivery that the generator's address names, or else the best delivery that the generator and this Rondo
 * both support. Throws GENERATION_FAILED if there is none.
 */
export function chooseDelivery(
  { delivery: wanted }: GeneratorAddress,
  { delivery: offered }: Capabilities,
  deliveries: ChunkDeliveries | undefined,
): DeliveryKind {
  const isThere = (kind: DeliveryKind): boolean =>
    kind === "body" || (kind === "mongodb" ? deliveries?.mongodb : deliveries?.stream) !== undefined;
  const chosen = byPreference.find(
    (kind) => (wanted === undefined || kind === wanted) && offered.includes(kind) && isThere(kind),
  );
  if (chosen !== undefined) return chosen;
  throw new AppError(
    "GENERATION_FAILED",
    wanted === undefined
      ? `The generator delivers only by ${offered.join(" or ")}, which this Rondo doesn't support.`
      : `Delivery by ${wanted} is set, but the generator or this Rondo doesn't support it.`,
    { hint: hintOf(wanted ?? offered[0] ?? "body") },
  );
}

const hintOf = (kind: DeliveryKind): string =>
  kind === "mongodb"
    ? "Store chunks in MongoDB (RONDO_CHUNKS_URL), and give the generator access to it."
    : kind === "stream"
      ? "Set RONDO_PUBLIC_URL to an address that the generator reaches."
      : "Choose another delivery in RONDO_GENERATOR_URL.";

export interface WireParts {
  readonly prompt: string;
  readonly delivery: DeliveryKind;
  /**
   * If this is true and the request has a parent (the version to change), the body contains the parent. In all other
   * cases, the body asks for a new piece.
   */
  readonly withParent: boolean;
}

export async function bodyOf(
  request: GenerationRequest,
  { prompt, delivery, withParent }: WireParts,
  deliveries: ChunkDeliveries | undefined,
): Promise<string> {
  const { businessId, userId, requestId, versionId, durationSeconds, seed, options, parent, deadline } =
    request;
  return JSON.stringify({
    ...{ businessId, userId, requestId, rowId: versionId },
    ...{ prompt, durationSeconds, seed, options: options ?? {} },
    ...(withParent && parent !== undefined ? { parent: parentOf(parent) } : {}),
    ...(deadline === undefined ? {} : { deadline: deadline.toISOString() }),
    delivery: {
      ...(delivery === "stream" ? { stream: deliveries?.stream?.(request) } : {}),
      ...(delivery === "mongodb" ? { mongodb: await deliveries?.mongodb?.(request) } : {}),
    },
  });
}

const parentOf = ({ versionId, instruction, audioUrl, spec }: NonNullable<GenerationRequest["parent"]>) => ({
  ...{ rowId: versionId, instruction, audioUrl: audioUrl ?? null },
  ...(spec === undefined ? {} : { spec }),
});
