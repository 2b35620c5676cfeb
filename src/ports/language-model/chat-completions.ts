// A language model over HTTP, as OpenAI's chat completions: what most servers of models speak.
import { AppError } from "../../errors.ts";
import type { LanguageModel, ModelAnswer, ModelRequest } from "./language-model.ts";

export interface ChatCompletionsOptions {
  /** Up to and with /v1; "/chat/completions" is added. */
  readonly url: string;
  readonly model: string;
  readonly key?: string | undefined;
  /** For one answer, whole. */
  readonly timeoutMs?: number;
  /** Between tries when the endpoint is busy. */
  readonly pauseMs?: number;
}

const answerBytesMax = 2_000_000;
const shownMax = 4_000;
const tries = 3;

interface Choice {
  readonly finish_reason?: unknown;
  readonly message?: { readonly content?: unknown; readonly refusal?: unknown };
}

export function createChatCompletionsModel(options: ChatCompletionsOptions): LanguageModel {
  /** Endpoints that know no schemas say 400; they are then asked for JSON, and the schema stands in the messages. */
  let knowsSchemas = true;
  return {
    async ask(request) {
      if (knowsSchemas) {
        const response = await post(options, bodyOf(options.model, request, true));
        if (response.status !== 400 && response.status !== 422) return answerOf(response);
        knowsSchemas = false;
      }
      return answerOf(await post(options, bodyOf(options.model, request, false)));
    },
  };
}

const bodyOf = (model: string, { messages, schema }: ModelRequest, withSchema: boolean) => ({
  model,
  messages,
  temperature: 0,
  stream: false,
  response_format: withSchema
    ? { type: "json_schema", json_schema: { name: schema.name, schema: schema.schema, strict: false } }
    : { type: "json_object" },
});

interface Received {
  readonly status: number;
  /** undefined: longer than anyone wants. */
  readonly text: string | undefined;
}

async function post(options: ChatCompletionsOptions, body: object): Promise<Received> {
  const { url, key, timeoutMs = 120_000, pauseMs = 1_000 } = options;
  for (let attempt = 1; ; attempt += 1) {
    const received = await send(url, key, timeoutMs, body);
    const busy = received.status === 429 || received.status >= 500;
    if (!busy) return received;
    if (attempt === tries) throw away(`It answers ${received.status}.`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs * attempt));
  }
}

async function send(
  url: string,
  key: string | undefined,
  timeoutMs: number,
  body: object,
): Promise<Received> {
  try {
    const response = await fetch(`${url}/chat/completions`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify(body),
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, text: await readBounded(response) };
  } catch (cause) {
    throw away("It can't be reached, or takes too long.", cause);
  }
}

async function readBounded(response: Response): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = "";
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > answerBytesMax) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function answerOf({ status, text }: Received): ModelAnswer {
  if (text === undefined) return { kind: "unusable", reason: "too-long", text: "" };
  if (status === 401 || status === 403) throw away(`It refuses the key (${status}). Check RONDO_LLM_KEY.`);
  if (status !== 200) throw away(`It answers ${status}: ${text.slice(0, 300)}`);
  const choice = firstChoice(text);
  const { content, refusal } = choice.message ?? {};
  if (typeof refusal === "string" && refusal !== "")
    return { kind: "unusable", reason: "refused", text: refusal.slice(0, shownMax) };
  if (typeof content !== "string") throw away("Its answer has no content.");
  const shown = content.slice(0, shownMax);
  if (choice.finish_reason === "length") return { kind: "unusable", reason: "truncated", text: shown };
  try {
    return { kind: "json", value: JSON.parse(withoutFence(content)) as unknown, text: shown };
  } catch {
    return { kind: "unusable", reason: "not-json", text: shown };
  }
}

function firstChoice(text: string): Choice {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw away("Its answer is not JSON.", cause);
  }
  const choices = (body as { choices?: unknown } | null)?.choices;
  const [choice] = Array.isArray(choices) ? choices : [];
  if (typeof choice !== "object" || choice === null) throw away("Its answer holds no choice.");
  return choice as Choice;
}

/** Models like to wrap JSON in a Markdown fence. */
const withoutFence = (content: string): string =>
  /^\s*```(?:json)?\s*\n([\s\S]*?)\n\s*```\s*$/.exec(content)?.[1] ?? content;

const away = (what: string, cause?: unknown) =>
  new AppError("UNAVAILABLE", `The language model is of no help: ${what}`, {
    hint: "Check RONDO_LLM_URL and RONDO_LLM_MODEL, then try again.",
    ...(cause === undefined ? {} : { cause }),
  });
