// Defines the fields that the requests to make music share: a text, a duration and a seed. Also
// reads the Idempotency-Key, with which a client can repeat a request safely.
import { z } from "zod";
import type { Business } from "../../../businesses/business.ts";
import type { BusinessRegistry } from "../../../businesses/registry.ts";
import { AppError, notFound } from "../../../errors.ts";
import type { HttpContext } from "../../wire.ts";

const durationSecondsMin = 10;
const durationSecondsMax = 600;

// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for control characters
const notText = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/**
 * The schema of a text that a person wrote. `ask` is the error message for a text that is empty or
 * contains only white space.
 */
export const personText = (charactersMax: number, ask: string) =>
  z
    .string()
    .max(charactersMax, `It may have at most ${charactersMax} characters.`)
    .refine((text) => text.isWellFormed() && !notText.test(text), "It contains invalid characters.")
    .refine((text) => text.trim() !== "", ask);

export const durationSeconds = z
  .int("It has to be a whole number of seconds.")
  .min(durationSecondsMin, `It has to be at least ${durationSecondsMin} seconds.`)
  .max(durationSecondsMax, `It may be at most ${durationSecondsMax} seconds.`);

export const seed = z.int().min(0).max(0xffff_ffff);

/** The pattern of a valid Idempotency-Key: 1 to 255 visible ASCII characters. */
export const idempotencyKey = /^[!-~]{1,255}$/;

export function readIdempotencyKey(c: HttpContext): string | undefined {
  const key = c.req.header("idempotency-key");
  if (key === undefined || idempotencyKey.test(key)) return key;
  throw new AppError("INVALID_PARAMETER", "The Idempotency-Key is invalid.", {
    faults: [{ at: "Idempotency-Key", message: "It has to be 1 to 255 visible ASCII characters." }],
  });
}

export async function businessOfCaller(
  deps: { readonly registry: BusinessRegistry },
  { businessId }: { readonly businessId: string },
): Promise<Business> {
  const business = await deps.registry.findById(businessId);
  if (!business) throw notFound("business");
  return business;
}
