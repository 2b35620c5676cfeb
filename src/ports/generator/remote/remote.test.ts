// Tests the code that all adapters for generators on other machines use. The tests of calls use real servers that
// misbehave.
import { describe, expect, test } from "bun:test";
import { createServer } from "node:net";
import { isAppError } from "../../../errors.ts";
import type { FarEnd } from "../generator.ts";
import { callFar } from "./call.ts";
import { createFarEnd } from "./far-end.ts";
import type { FarError } from "./far-error.ts";
import { farErrorOf } from "./far-errors.ts";
import { poll, whileBusy } from "./poll.ts";
import { parsePromptPlan, promptPlanOf, revisePromptPlan, titleOf } from "./prompt-plan.ts";

const signal = (): AbortSignal => new AbortController().signal;

const serve = (answer: (req: Request) => Response | Promise<Response>) => {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
  return { url: `http://127.0.0.1:${server.port}/`, [Symbol.asyncDispose]: () => server.stop(true) };
};

const failureOf = (work: Promise<unknown>): Promise<FarError> =>
  work.then(
    () => {
      throw new Error("It should have failed.");
    },
    (err: unknown) => err as FarError,
  );

const answered = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  farErrorOf({
    status,
    headers: new Headers(headers),
    body: typeof body === "string" ? body : JSON.stringify(body),
    secrets: ["s3cret"],
  });

describe("the error for a generator's answer", () => {
  test.each([
    [
      401,
      { detail: { status: "invalid_api_key", message: "Invalid API key" } },
      "The generator refused our key.",
    ],
    [
      401,
      { detail: { status: "quota_exceeded", message: "No credits" } },
      "The generator's quota is used up.",
    ],
    [402, "", "The generator's quota is used up."],
    [500, "<html>oops</html>", "The generator answered 500."],
    [200, { error: { message: "no model" } }, "The generator answered without audio. It says: no model."],
    [302, "", "The generator redirects to another address."],
    [
      200,
      { base_resp: { status_code: 1008, status_msg: "insufficient balance" } },
      "The generator's quota is used up.",
    ],
  ])(
    "has the code GENERATION_FAILED and a reason if the answer has the status %d",
    (status, body, reason) => {
      const err = answered(status, body);
      expect([err.code, err.isBusy]).toEqual(["GENERATION_FAILED", false]);
      expect(err.publicMessage).toStartWith(reason);
    },
  );

  test.each([
    [429, "", {}, undefined],
    [503, { code: "BUSY", message: "Full" }, { "retry-after": "7" }, 7000],
    [400, { detail: { status: "system_busy" } }, {}, undefined],
  ])("has `isBusy` if a busy generator answers with the status %d", (status, body, headers, waitMs) => {
    const err = answered(status, body, headers);
    expect([err.isBusy, err.waitMs]).toEqual([true, waitMs]);
  });

  test.each([
    [400, { code: "X", message: "Too loud", hint: "Say it softly" }, "Too loud.", "Say it softly."],
    [422, { detail: [{ loc: ["body"], msg: "field required" }] }, "field required.", undefined],
    [
      422,
      { detail: { status: "bad_prompt", message: "Names an artist", data: { prompt_suggestion: "a band" } } },
      "Names an artist.",
      "a band.",
    ],
  ])(
    "has the code INVALID_PARAMETER and the generator's message if the answer has the status %d",
    (status, body, message, hint) => {
      const err = answered(status, body);
      expect([err.code, err.publicMessage, err.hint]).toEqual(["INVALID_PARAMETER", message, hint]);
    },
  );

  test("does not contain a key that the generator repeats in the answer", () => {
    expect(answered(500, { message: "bad key s3cret" }).publicMessage).toContain("bad key …");
  });
});

/** Returns an error and its causes, with all of their own properties. */
const chainOf = (err: unknown): unknown[] =>
  err instanceof Error ? [err.message, { ...err }, ...chainOf(err.cause)] : [];

describe("a call", () => {
  test("follows no redirect", async () => {
    let inner = 0;
    await using target = serve(() => new Response(String(inner++)));
    await using server = serve(() => Response.redirect(target.url));
    const err = await failureOf(callFar(server.url, { timeoutMs: 1_000 }, signal()));
    expect([err.publicMessage, inner]).toEqual(["The generator redirects to another address.", 0]);
  });

  test("that reaches its time limit fails with `isAnswerLost`", async () => {
    await using server = serve(() => new Promise(() => undefined));
    const err = await failureOf(callFar(server.url, { timeoutMs: 100 }, signal()));
    expect([err.code, err.isBusy, err.isAnswerLost]).toEqual(["GENERATION_FAILED", false, true]);
  });

  test("that waits for the DNS look-up ends at its time limit", async () => {
    const dial = () => new Promise<never>(() => undefined);
    const call = { method: "POST", dial } as const;
    const late = await failureOf(callFar("http://music.test/", { ...call, timeoutMs: 20 }, signal()));
    expect([late.code, late.isBusy, late.isAnswerLost]).toEqual(["GENERATION_FAILED", true, false]);
    const abort = new AbortController();
    const stopped = callFar("http://music.test/", { ...call, timeoutMs: 60_000 }, abort.signal);
    abort.abort(new Error("stopped by its user"));
    await expect(stopped).rejects.toThrow("stopped by its user");
  });

  test("fails with `isAnswerLost` only if a server was reached", async () => {
    const gone = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
    const { port } = gone.address() as { port: number };
    const url = `http://127.0.0.1:${port}/`;
    const lost = await failureOf(callFar(url, { method: "POST", body: "{}", timeoutMs: 1_000 }, signal()));
    expect([lost.isBusy, lost.isAnswerLost]).toEqual([false, true]);
    await new Promise((resolve) => gone.close(resolve));
    const refused = await failureOf(callFar(url, { timeoutMs: 1_000 }, signal()));
    expect([refused.isBusy, refused.isAnswerLost]).toEqual([true, false]);
  });

  test("fails with an error that does not contain the URL of the call", async () => {
    const gone = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
    const { port } = gone.address() as { port: number };
    const link = `http://127.0.0.1:${port}/audio?signature=s3cret`;
    const errors = [
      await failureOf(callFar(link, { timeoutMs: 1_000 }, signal())),
      await failureOf(callFar("http://127.0.0.1:9/audio?signature=s3cret", { timeoutMs: 1_000 }, signal())),
    ];
    await new Promise((resolve) => gone.close(resolve));
    for (const err of errors) expect(JSON.stringify(chainOf(err))).not.toContain("signature");
  });

  test("ends after an abort with the signal's reason", async () => {
    await using server = serve(() => new Promise(() => undefined));
    const abort = new AbortController();
    const call = callFar(server.url, { timeoutMs: 10_000 }, abort.signal);
    abort.abort(new Error("stopped by its user"));
    await expect(call).rejects.toThrow("stopped by its user");
  });

  test("ends although the body of an error response is endless", async () => {
    const body = new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(32 * 1024)) });
    await using server = serve(() => new Response(body, { status: 500 }));
    const err = await failureOf(callFar(server.url, { timeoutMs: 1_000 }, signal()));
    expect(err.publicMessage).toBe("The generator answered 500.");
  });
});

describe("while Rondo waits for a generator,", () => {
  test("a poll repeats its request until there is a result", async () => {
    let asked = 0;
    const quick = { firstMs: 1 };
    expect(await poll(async () => (++asked === 3 ? "done" : undefined), signal(), quick)).toBe("done");
    const abort = AbortSignal.timeout(20);
    await expect(poll(async () => undefined, abort, quick)).rejects.toThrow();
  });

  test("the start of a piece is repeated only if the generator is busy", async () => {
    let starts = 0;
    const busyTwice = async () => {
      if (++starts < 3) throw answered(429, "");
      return starts;
    };
    expect(await whileBusy(busyTwice, { limitMs: 1_000, firstMs: 1 }, signal())).toBe(3);
    const always = () => Promise.reject(answered(503, "", { "retry-after": "60" }));
    const err = await failureOf(whileBusy(always, { limitMs: 1_000, firstMs: 1 }, signal()));
    expect(err.publicMessage).toBe("The generator is busy. The start was repeated for 1 second.");
    starts = 0;
    const broken = () => {
      starts++;
      return Promise.reject(answered(500, ""));
    };
    await failureOf(whileBusy(broken, { limitMs: 1_000, firstMs: 1 }, signal()));
    expect(starts).toBe(1);
  });

  test.each<[string, () => Promise<FarEnd>, FarEnd]>([
    ["stops", async () => "stopped", "stopped"],
    ["fails to stop", () => Promise.reject(new Error("no route")), "left running"],
  ])("an abort reports whether the generator stopped (a generator that %s)", async (_, stopFar, end) => {
    const abort = new AbortController();
    const far = createFarEnd(abort.signal, stopFar);
    abort.abort();
    expect(await far.stopped).toBe(end);
  });
});

describe("a prompt plan", () => {
  const request = { requestId: "r", businessId: "b", owner: "o", userId: "u", versionId: "v" };

  test("is changed by adding the instruction to the prompt", () => {
    const plan = promptPlanOf({ ...request, prompt: "calm piano.", seed: 1, durationSeconds: 30 });
    const revision = revisePromptPlan(
      { spec: plan, instruction: "with rain", durationSeconds: 40 },
      "prompt",
    );
    expect(revision.spec).toEqual({
      kind: "prompt",
      prompt: "calm piano. with rain",
      durationSeconds: 40,
      seed: 1,
    });
    expect([revision.by, revision.understood]).toEqual(["prompt", ["with rain"]]);
  });

  test("keeps only the beginning of the prompt if the prompt and the instruction together are too long", () => {
    const spec = { kind: "prompt", prompt: "a".repeat(2000), durationSeconds: 30, seed: 1 };
    const { prompt } = revisePromptPlan({ spec, instruction: "faster" }, "prompt").spec as { prompt: string };
    expect([prompt.length, prompt.endsWith(". faster")]).toEqual([2000, true]);
  });

  test("can't be read from the plan of another kind of generator", () => {
    let failure: unknown;
    try {
      parsePromptPlan({ style: "jazz" });
    } catch (err) {
      failure = err;
    }
    expect(isAppError(failure, "INVALID_PARAMETER")).toBe(true);
  });

  test("gets the first words of the prompt as its title", () => {
    expect(titleOf("  calm\n piano ")).toBe("calm piano");
    expect(titleOf(`${"word ".repeat(30)}`).length).toBeLessThanOrEqual(60);
  });
});
