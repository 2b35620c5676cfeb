// Calls a language model over HTTP with OpenAI's chat completions protocol, which most model servers support.
import { AppError } from "../../../errors.ts";
import { jsonInAnswer } from "../json-in-answer.ts";
import type { LanguageModel, ModelAnswer, ModelMessage, ModelRequest } from "../language-model.ts";

export interface ChatCompletionsOptions {
  /** The URL including /v1. The client appends "/chat/completions". */
  readonly url: string;
  readonly model: string;
  readonly key?: string | undefined;
  /** The time limit for each HTTP request. One `ask` can send several requests, one after another. */
  readonly timeoutMs?: number;
  /** The pause before the first retry after 429 or 5xx. The pause before the second (last) retry is twice as long. */
  readonly pauseMs?: number;
}

const answerBytesMax = 2_000_000;
const shownMax = 4_000;
const tries = 3;

interface Choice {
  readonly finish_reason?: unknown;
  readonly message?: { readonly content?: unknown; readonly refusal?: unknown };
}

/**
 * The ways to request JSON: with a schema, as any JSON, or only in the prompt. If an endpoint doesn't support a way,
 * the next one is tried.
 */
const forms = ["json_schema", "json_object", "words"] as const;
type Form = (typeof forms)[number];

export function createChatCompletionsModel(options: ChatCompletionsOptions): LanguageModel {
  /** The index of the form whose answer the last `ask` used. The next `ask` begins with this form. */
  let known = 0;
  return {
    async ask(request) {
      for (let at = known; ; at += 1) {
        const received = await post(options, bodyOf(options.model, request, forms[at]!));
        const isLast = at === forms.length - 1;
        // An endpoint that doesn't support a form answers 400 or 422, and sometimes 500.
        if (!isLast && (received.status === 400 || received.status === 422 || received.status >= 500))
          continue;
        if (received.status >= 500) throw away(`It answers ${received.status}.`);
        if (received.status < 300) known = at;
        return answerOf(received);
      }
    },
  };
}

const bodyOf = (model: string, { messages, schema }: ModelRequest, form: Form) => ({
  model,
  messages: form === "json_schema" ? messages : withSchema(messages, schema.schema),
  temperature: 0,
  stream: false,
  ...(form === "words"
    ? {}
    : {
        response_format:
          form === "json_schema"
            ? { type: form, json_schema: { name: schema.name, schema: schema.schema, strict: false } }
            : { type: form },
      }),
});

/** Adds the schema to the first message, because some endpoints accept only one system message. */
const withSchema = ([first, ...rest]: readonly ModelMessage[], schema: object): readonly ModelMessage[] =>
  first === undefined
    ? []
    : [
        { ...first, content: `${first.content}\n\n# JSON Schema of the answer\n\n${JSON.stringify(schema)}` },
        ...rest,
      ];

interface Received {
  readonly status: number;
  /** The text of the answer; undefined if it exceeded the size limit. */
  readonly text: string | undefined;
}

async function post(options: ChatCompletionsOptions, body: object): Promise<Received> {
  const { url, key, timeoutMs = 120_000, pauseMs = 1_000 } = options;
  for (let attempt = 1; ; attempt += 1) {
    const received = await send(url, key, timeoutMs, body);
    const busy = received.status === 429 || received.status >= 500;
    if (!busy || (attempt === tries && received.status >= 500)) return received;
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
  const said = textOf(content);
  if (said === undefined) throw away("Its answer has no content.");
  const shown = said.slice(0, shownMax);
  if (choice.finish_reason === "length") return { kind: "unusable", reason: "truncated", text: shown };
  try {
    return { kind: "json", value: jsonInAnswer(said), text: shown };
  } catch {
    return { kind: "unusable", reason: "not-json", text: shown };
  }
}

/** Joins the parts of an answer that the endpoint streamed although no stream was requested. */
function streamedChoice(text: string): Choice {
  let content = "";
  let finish: unknown;
  for (const line of text.split("\n")) {
    const data = line.startsWith("data:") ? line.slice("data:".length).trim() : "";
    if (data === "" || data === "[DONE]") continue;
    let part: unknown;
    try {
      part = JSON.parse(data);
    } catch (cause) {
      throw away("A part of its stream is not JSON.", cause);
    }
    const choices = (part as { choices?: unknown } | null)?.choices;
    const [choice] = (Array.isArray(choices) ? choices : []) as readonly {
      readonly delta?: { readonly content?: unknown };
      readonly finish_reason?: unknown;
    }[];
    if (typeof choice?.delta?.content === "string") content += choice.delta.content;
    finish = choice?.finish_reason ?? finish;
  }
  return { finish_reason: finish, message: { content } };
}

function firstChoice(text: string): Choice {
  if (/^\s*(?:data|event|:)/.test(text)) return streamedChoice(text);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw away("Its answer is not JSON.", cause);
  }
  const choices = (body as { choices?: unknown } | null)?.choices;
  const [choice] = Array.isArray(choices) ? choices : [];
  if (typeof choice !== "object" || choice === null) throw away("Its answer has no choices.");
  return choice as Choice;
}

/** Returns the text of a string or of a list of parts. Parts that are not text are ignored. */
function textOf(content: unknown): string | undefined {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return undefined;
  return content
    .map((part: { type?: unknown; text?: unknown } | null) =>
      part?.type === "text" && typeof part.text === "string" ? part.text : "",
    )
    .join("");
}

const away = (what: string, cause?: unknown) =>
  new AppError("UNAVAILABLE", `The language model failed: ${what}`, {
    hint: "Check RONDO_LLM_URL and RONDO_LLM_MODEL, then try again.",
    ...(cause === undefined ? {} : { cause }),
  });
