// Checks whether the endpoint of the language model accepts the configured key, and asks the endpoint for the names of
// the models. No prompt is sent.
import { AppError } from "../../../errors.ts";

export interface ModelEndpointReport {
  /** The names of the models, or undefined if the answer contains no list of models. */
  readonly models: readonly string[] | undefined;
}

const waitMs = 5_000;

/**
 * Errors: CONFIG_INVALID (the answer is 401 or 403); UNAVAILABLE (the endpoint can't be reached,
 * doesn't begin its answer within five seconds, or answers with a status of 500 or more). Any other answer
 * means that the key is accepted. If the answer has no readable list of models, `models` is undefined.
 */
export async function inspectModelEndpoint(
  url: string,
  key: string | undefined,
): Promise<ModelEndpointReport> {
  const answer = await request(`${url}/models`, key);
  if (answer.status === 401 || answer.status === 403) {
    await answer.body?.cancel();
    throw new AppError("CONFIG_INVALID", "The language model's endpoint refuses the key.", {
      hint: "Set RONDO_LLM_KEY to a key that is valid there.",
    });
  }
  if (answer.status >= 500) {
    await answer.body?.cancel();
    throw new AppError("UNAVAILABLE", `The language model's endpoint answers ${answer.status}.`, {
      hint: "Try again later; only `rondo specs draft` uses the language model.",
    });
  }
  const body: unknown = answer.ok ? await answer.json().catch(() => undefined) : undefined;
  const { data } = (body ?? {}) as { data?: unknown };
  if (!Array.isArray(data)) return { models: undefined };
  const ids = (data as readonly ({ id?: unknown } | null)[]).map((model) => model?.id);
  return { models: ids.filter((id) => typeof id === "string") };
}

async function request(url: string, key: string | undefined): Promise<Response> {
  try {
    const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
    return await fetch(url, { headers, signal: AbortSignal.timeout(waitMs) });
  } catch (err) {
    throw new AppError("UNAVAILABLE", "The language model's endpoint cannot be reached.", {
      hint: "Is it running where RONDO_LLM_URL points? The URL usually ends with /v1.",
      cause: err,
    });
  }
}
