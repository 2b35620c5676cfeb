// Opens the operator's own generator, which implements the HTTP contract in docs/generators.md.
import { formatOf } from "../audio-intake.ts";
import { checkRequest } from "../check-request.ts";
import {
  type FarEnd,
  type GeneratedChunk,
  type Generation,
  type GenerationRequest,
  type Generator,
  HandOverError,
} from "../generator.ts";
import { bytesOf, callForJson } from "../remote/audio-answer.ts";
import { callFar, type FarCall, readErrorBody } from "../remote/call.ts";
import { createFarEnd } from "../remote/far-end.ts";
import { FarError } from "../remote/far-error.ts";
import { farErrorOf } from "../remote/far-errors.ts";
import { farGeneration } from "../remote/far-generation.ts";
import { createLifetime } from "../remote/lifetime.ts";
import { whileBusy } from "../remote/poll.ts";
import { type PromptPlan, promptPlanOf, revisePromptPlan } from "../remote/prompt-plan.ts";
import { durationOf, openPlan, planNow } from "../remote/wishes.ts";
import type { OpenGeneratorOptions } from "../technology.ts";
import type { GeneratorAddress } from "./address.ts";
import { type Capabilities, capabilitiesOf, healthOf } from "./capabilities.ts";
import { storedAudio } from "./stored-audio.ts";
import { bodyOf, chooseDelivery } from "./wire.ts";
import { signatureOf } from "./signature.ts";

export type HttpGeneratorOptions = Omit<OpenGeneratorOptions, "isWarm" | "key">;

/**
 * If `by` is "generator", the generator makes the version from the audio of its parent. If the parent can't be sent
 * when the generation starts, Rondo sends only the `prompt` of the plan, which contains the instruction.
 */
type HttpPlan = PromptPlan & { readonly by?: "generator" };

const smallCallMs = 5_000;
const capabilitiesMs = 30_000;
const accepted = "audio/mpeg, audio/wav, audio/flac, audio/L16, audio/pcm";

export function createHttpGenerator(address: GeneratorAddress, options: HttpGeneratorOptions): Generator {
  const { intake, secret, deliveries, firstChunkMs, stallMs, dial } = options;
  const lifetime = createLifetime();
  const secrets = secret === undefined ? [] : [secret];
  let known: { readonly capabilities: Capabilities; readonly untilMs: number } | undefined;

  const call = (path: string, wanted: Omit<FarCall, "secrets" | "body"> & { readonly body?: string }) => ({
    url: `${address.base}${path}`,
    // The call is signed just before it is sent. Otherwise a call that waited for a busy generator would have an
    // outdated timestamp.
    call: (): FarCall => ({
      ...wanted,
      ...(dial === undefined ? {} : { dial }),
      secrets,
      headers: { ...wanted.headers, ...signatureOf(secret, wanted.body ?? "") },
    }),
  });

  const askCapabilities = async (signal: AbortSignal): Promise<Capabilities> => {
    if (known !== undefined && known.untilMs > performance.now()) return known.capabilities;
    const asked = call("/capabilities", { timeoutMs: smallCallMs });
    const capabilities = capabilitiesOf(await callForJson(asked.url, asked.call(), signal));
    known = { capabilities, untilMs: performance.now() + capabilitiesMs };
    return capabilities;
  };

  /**
   * Returns the function that stops the generator's work when a generation ends early. If another run will continue the
   * generation, the function leaves the work running. This is the case after an abort with a HandOverError, and after
   * `close`.
   */
  const stopFarOf =
    (requestId: string, signal: AbortSignal) =>
    async (limit: AbortSignal): Promise<FarEnd> => {
      if (signal.reason instanceof HandOverError || lifetime.signal.aborted) return "left running";
      const asked = call(`/generate/${encodeURIComponent(requestId)}`, {
        method: "DELETE",
        timeoutMs: smallCallMs,
      });
      await (await callFar(asked.url, asked.call(), limit)).body?.cancel();
      return "stopped";
    };

  /**
   * Sends the request that starts a generation. It may be sent again, because a request with the same requestId means
   * the same generation.
   */
  const post = (body: string, signal: AbortSignal): Promise<Response> => {
    const headers = { "content-type": "application/json", accept: accepted };
    const asked = call("/generate", { method: "POST", headers, body, timeoutMs: firstChunkMs });
    const send = () =>
      callFar(asked.url, asked.call(), signal).catch((err: unknown) => {
        if (!(err instanceof FarError) || !err.isAnswerLost) throw err;
        throw new FarError("GENERATION_FAILED", err.publicMessage, { isBusy: true, cause: err });
      });
    return whileBusy(send, { limitMs: firstChunkMs }, signal);
  };

  const begin = async (
    request: GenerationRequest,
    plan: HttpPlan,
    signal: AbortSignal,
  ): Promise<Generation> => {
    const limits = { limitMs: firstChunkMs };
    const capabilities = await whileBusy(() => askCapabilities(signal), limits, signal);
    checkRequest(request, capabilities);
    const delivery = chooseDelivery(address, capabilities, deliveries);
    const withParent = plan.by === "generator" && capabilities.versions && request.parent !== undefined;
    const wire = { delivery, withParent, prompt: withParent ? request.prompt : plan.prompt };
    const connection = new AbortController();
    const body = await bodyOf(request, wire, deliveries);
    const answer = await post(body, AbortSignal.any([signal, connection.signal]));
    const isStored = answer.status === 202;
    const make = isStored
      ? await madeElsewhere(request, answer, delivery, signal)
      : await madeHere(request, answer, connection, signal);
    const stopFar = stopFarOf(request.requestId, signal);
    const generation = farGeneration({
      plan: { ...openPlan(request, plan), ...titleIn(answer) },
      ...{ request, signal, firstChunkMs, stallMs, make, stopFar },
    });
    return isStored ? { ...generation, isStored } : generation;
  };

  const madeElsewhere = async (
    request: GenerationRequest,
    answer: Response,
    delivery: string,
    signal: AbortSignal,
  ): Promise<(signal: AbortSignal) => AsyncIterable<GeneratedChunk>> => {
    await readErrorBody(answer, signal);
    if (deliveries === undefined || delivery === "body") {
      throw new FarError(
        "GENERATION_FAILED",
        "The generator answered without audio, although the request asked for it.",
        {
          hint: "If the request names no delivery, the body of the answer has to be the audio (docs/generators.md).",
        },
      );
    }
    return (inner) => storedAudio(intake, deliveries, request, inner);
  };

  const madeHere = async (
    { durationSeconds }: GenerationRequest,
    answer: Response,
    connection: AbortController,
    signal: AbortSignal,
  ): Promise<(signal: AbortSignal) => AsyncIterable<GeneratedChunk>> => {
    const contentType = answer.headers.get("content-type") ?? "";
    if (/^(text\/|application\/(json|problem\+json|xml|xhtml))/i.test(contentType)) {
      const body = await readErrorBody(answer, signal);
      throw farErrorOf({ status: 200, headers: answer.headers, body, secrets });
    }
    const source = { format: formatOf(contentType), durationMs: durationSeconds * 1000 };
    return (inner) => {
      inner.addEventListener("abort", () => connection.abort(inner.reason), { once: true });
      return intake.take(bytesOf(answer, inner), source, inner);
    };
  };

  return {
    name: "http",
    deterministic: false,
    canResume: true,
    durationOf,
    async start(request, outer) {
      const signal = lifetime.signalFor(outer);
      checkRequest(request, { secondsMin: 0, secondsMax: Number.MAX_SAFE_INTEGER });
      const plan = planNow(promptPlanOf(request), request) as HttpPlan;
      const end = createFarEnd(signal, stopFarOf(request.requestId, signal));
      const onAbort = (): void => request.onEarlyAbort?.(end.stopped);
      signal.addEventListener("abort", onAbort, { once: true });
      try {
        const generation = await begin(request, { ...plan, ...byOf(request) }, signal);
        return generation;
      } finally {
        signal.removeEventListener("abort", onAbort);
        // From here on, `generation` stops the work on the other machine after an abort (see far-generation.ts). If the
        // start was refused, there is nothing to stop.
        if (!signal.aborted) end.ended();
      }
    },
    async revise(request) {
      const by = await askCapabilities(AbortSignal.timeout(smallCallMs)).then(
        ({ versions }) => (versions ? "generator" : "prompt"),
        // If the generator can't be reached now, the version will be made from the changed prompt, without the parent.
        () => "prompt" as const,
      );
      const revision = revisePromptPlan(request, by);
      return by === "generator" ? { ...revision, spec: { ...(revision.spec as PromptPlan), by } } : revision;
    },
    async health(signal) {
      const asked = call("/health", { timeoutMs: smallCallMs });
      return healthOf(await callForJson(asked.url, asked.call(), signal));
    },
    close: async () => lifetime.close(),
  };
}

const byOf = ({ spec }: GenerationRequest): Pick<HttpPlan, "by"> =>
  (spec as HttpPlan | undefined)?.by === "generator" ? { by: "generator" } : {};

/**
 * Returns the title in the X-Title header, at most 200 characters of it. The header is percent-encoded, because headers
 * contain only ASCII.
 */
function titleIn(answer: Response): { readonly title?: string } {
  const text = answer.headers.get("x-title")?.trim() ?? "";
  if (text === "") return {};
  try {
    return { title: [...decodeURIComponent(text)].slice(0, 200).join("") };
  } catch {
    return { title: [...text].slice(0, 200).join("") };
  }
}
