// Parses and validates the body of POST /generate.
import { z } from "zod";
import { Refusal } from "./refusal.ts";

const id = z.string().regex(/^[\w.:@-]{1,128}$/);

const requestSchema = z.object({
  businessId: id,
  userId: id,
  requestId: id,
  rowId: id,
  prompt: z.string().refine((text) => text.trim() !== "", "The prompt is empty."),
  durationSeconds: z.number().positive(),
  seed: z.int().min(0),
  // An unknown option is refused, because the client would expect the option to have an effect.
  // Unknown fields outside of `options` are ignored.
  options: z
    .strictObject({
      tempo: z.number().min(30).max(300),
      key: z.string().max(40),
      style: z.string().max(200),
      lyrics: z.never("This generator can't sing."),
      instrumental: z.literal(true, "This generator can't sing."),
    })
    .partial()
    .default({}),
  parent: z
    .object({
      rowId: id,
      instruction: z.string().min(1),
      audioUrl: z.string().optional(),
      spec: z.unknown().optional(),
    })
    .optional(),
  deadline: z.iso.datetime({ offset: true }).optional(),
  delivery: z
    .object({
      stream: z.object({ url: z.url(), token: z.string().min(1) }).optional(),
      mongodb: z
        .object({ database: z.string().min(1), stream: z.string().min(1), url: z.string().optional() })
        .optional(),
    })
    .default({}),
});

export type GenerateRequest = z.infer<typeof requestSchema>;

export interface Lengths {
  readonly secondsMin: number;
  readonly secondsMax: number;
}

/**
 * If the body has faults, throws a Refusal for the first fault. The status is 422 if this generator can't make a piece
 * of the requested length, and 400 for all other faults.
 */
export function parseRequest(body: string, { secondsMin, secondsMax }: Lengths): GenerateRequest {
  const parsed = requestSchema.safeParse(jsonOf(body));
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    const sentence = `/${path.join("/")}: ${message}`;
    throw new Refusal(400, "INVALID_PARAMETER", sentence, "See docs/generators.md for the fields.");
  }
  const { durationSeconds, deadline } = parsed.data;
  if (durationSeconds < secondsMin || durationSeconds > secondsMax)
    throw new Refusal(
      422,
      "INVALID_PARAMETER",
      `A piece can't be ${durationSeconds} seconds long.`,
      `Ask for ${secondsMin} to ${secondsMax} seconds.`,
    );
  if (deadline !== undefined && Date.parse(deadline) <= Date.now())
    throw new Refusal(400, "INVALID_PARAMETER", "The deadline has passed.", "Send a later deadline.");
  return parsed.data;
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Refusal(400, "INVALID_BODY", "The body is not JSON.", "Send a JSON object in UTF-8.");
  }
}
