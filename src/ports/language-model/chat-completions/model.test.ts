// Tests the language model client against an HTTP server that answers correctly, wrongly, slowly or maliciously.
import { expect, test } from "bun:test";
import { isAppError } from "../../../errors.ts";
import {
  type ChatReply,
  chatResponse,
  startChatServer,
} from "../../../testing/servers/chat-completions-server.ts";
import { createChatCompletionsModel } from "./model.ts";
import { linearMsMax } from "../../../testing/measure/time-limits.ts";

const request = {
  messages: [{ role: "user", content: "Say yes." }],
  schema: { name: "answer", schema: { type: "object" } },
} as const;

async function askOnce(
  reply: (at: number) => ChatReply | Promise<ChatReply>,
  options: { timeoutMs?: number } = {},
) {
  await using server = startChatServer((_, at) => reply(at));
  const model = createChatCompletionsModel({
    url: server.url,
    model: "tiny",
    key: "secret",
    pauseMs: 1,
    ...options,
  });
  const answer = await model.ask(request).catch((err: unknown) => err);
  return { answer, requests: server.requests };
}

test("the request contains the model, the key and the schema", async () => {
  const { answer, requests } = await askOnce(() => '{"yes": true}');
  expect(answer).toEqual({ kind: "json", value: { yes: true }, text: '{"yes": true}' });
  expect(requests).toMatchObject([
    { authorization: "Bearer secret", body: { model: "tiny", response_format: { type: "json_schema" } } },
  ]);
});

test("JSON in a Markdown fence is found", async () => {
  const { answer } = await askOnce(() => '```json\n{"yes": true}\n```\n');
  expect(answer).toMatchObject({ kind: "json", value: { yes: true } });
});

test("when an endpoint does not support schemas, a second request asks for JSON without a schema", async () => {
  const { answer, requests } = await askOnce((at) =>
    at === 0 ? new Response("no schemas here", { status: 400 }) : "{}",
  );
  expect(answer).toMatchObject({ kind: "json", value: {} });
  expect(requests[1]?.body.response_format).toEqual({ type: "json_object" });
});

test("JSON is found between the other texts of an answer", async () => {
  const said = [
    '<think>Is {"yes": false} right? No.</think>\n{"yes": true}',
    '<think>Hm</think>Here it is:\n\n```json\n{"yes": true}\n```\nI hope that helps {really}.',
    'A part is ```{"a"``` only. Sure!\n```\n{"yes": true}\n```',
    'Sure: {"yes": true} - done.',
  ];
  for (const content of said) {
    expect((await askOnce(() => content)).answer).toMatchObject({ kind: "json", value: { yes: true } });
  }
  const parts = [
    { type: "reasoning", text: "no" },
    { type: "text", text: '{"yes"' },
    { type: "text", text: ": true}" },
  ];
  const { answer } = await askOnce(() =>
    Response.json({ choices: [{ finish_reason: "stop", message: { content: parts } }] }),
  );
  expect(answer).toMatchObject({ kind: "json", value: { yes: true } });
  const startedMs = performance.now();
  await askOnce(() => `${"<think>".repeat(200_000)}${"```".repeat(100_000)}${"{".repeat(100_000)}`);
  expect(performance.now() - startedMs).toBeLessThan(linearMsMax);
});

test("the parts of an answer are joined if the endpoint streams the answer", async () => {
  const stream = (parts: readonly object[], end = "data: [DONE]\n\n") =>
    new Response(parts.map((choice) => `data: ${JSON.stringify({ choices: [choice] })}\n\n`).join("") + end, {
      headers: { "content-type": "text/event-stream" },
    });
  const parts = ['{"y', 'es": tr', "ue}"].map((content) => ({ delta: { content } }));
  const whole = await askOnce(() => stream([...parts, { delta: {}, finish_reason: "stop" }]));
  expect(whole.answer).toMatchObject({ kind: "json", value: { yes: true } });
  const cut = await askOnce(() => stream([parts[0]!, { delta: {}, finish_reason: "length" }]));
  expect(cut.answer).toMatchObject({ kind: "unusable", reason: "truncated" });
  expect(isAppError((await askOnce(() => stream([], "data: {oops\n\n"))).answer, "UNAVAILABLE")).toBe(true);
});

test("if an endpoint does not accept the schema, the schema is sent in the prompt", async () => {
  const broken = await askOnce((at) => (at < 3 ? new Response("oops", { status: 500 }) : '{"yes": true}'));
  expect(broken.answer).toMatchObject({ kind: "json", value: { yes: true } });
  expect(broken.requests[3]?.body.response_format).toEqual({ type: "json_object" });
  const plain = await askOnce((at) => (at < 2 ? new Response("what?", { status: 400 }) : '{"yes": true}'));
  expect(plain.answer).toMatchObject({ kind: "json", value: { yes: true } });
  expect(plain.requests[2]?.body.response_format).toBeUndefined();
  for (const { body } of [broken.requests[3]!, plain.requests[2]!])
    expect(body.messages[0]?.content).toContain('{"type":"object"}');
  const gone = await askOnce(() => new Response("oops", { status: 500 }));
  expect(isAppError(gone.answer, "UNAVAILABLE")).toBe(true);
});

test("if a question is refused both with and without a schema, the next question is sent with a schema", async () => {
  await using server = startChatServer((_, at) =>
    at < 3 ? new Response("The prompt is too long.", { status: 400 }) : '{"yes": true}',
  );
  const model = createChatCompletionsModel({ url: server.url, model: "tiny", key: "secret", pauseMs: 1 });
  await model.ask(request).catch(() => undefined);
  expect(await model.ask(request)).toMatchObject({ kind: "json", value: { yes: true } });
  expect(server.requests.at(-1)?.body.response_format).toMatchObject({ type: "json_schema" });
});

test("an answer without complete JSON is reported as unusable, with the reason", async () => {
  const reasonOf = async (reply: ChatReply) => (await askOnce(() => reply)).answer;
  expect(await reasonOf("Sure! Here it is:")).toMatchObject({ kind: "unusable", reason: "not-json" });
  expect(await reasonOf(chatResponse('{"yes": tr', "length"))).toMatchObject({ reason: "truncated" });
  expect(await reasonOf(Response.json({ choices: [{ message: { refusal: "No." } }] }))).toMatchObject({
    reason: "refused",
  });
  expect(await reasonOf(chatResponse("x".repeat(3_000_000)))).toMatchObject({ reason: "too-long" });
});

test("if an endpoint is busy, a request is sent at most three times", async () => {
  const busy = () => new Response("busy", { status: 429 });
  expect((await askOnce((at) => (at < 2 ? busy() : "{}"))).answer).toMatchObject({ kind: "json" });
  const { answer, requests } = await askOnce(busy);
  expect(isAppError(answer, "UNAVAILABLE")).toBe(true);
  expect(requests).toHaveLength(3);
});

test("if no answer of a model is received, the error is UNAVAILABLE", async () => {
  const isAway = async (reply: () => ChatReply | Promise<ChatReply>, options = {}) =>
    isAppError((await askOnce(reply, options)).answer, "UNAVAILABLE");
  expect(await isAway(() => Bun.sleep(2_000).then(() => "{}"), { timeoutMs: 50 })).toBe(true);
  expect(await isAway(() => new Response("no", { status: 401 }))).toBe(true);
  expect(await isAway(() => new Response("<html>", { status: 200 }))).toBe(true);
  expect(await isAway(() => Response.json({ choices: [] }))).toBe(true);
  expect(await isAway(() => Response.redirect("http://127.0.0.1:1/"))).toBe(true);
  const nobody = createChatCompletionsModel({ url: "http://127.0.0.1:1/v1", model: "none" });
  expect(isAppError(await nobody.ask(request).catch((err: unknown) => err), "UNAVAILABLE")).toBe(true);
});
