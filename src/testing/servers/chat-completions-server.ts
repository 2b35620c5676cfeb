// Starts a local server for OpenAI's chat completions protocol, with responses that the test sets.
// The server does not check the path, the method or the key of a request.

export interface ChatRequest {
  readonly authorization: string | null;
  readonly body: {
    readonly model: string;
    readonly messages: readonly { readonly role: string; readonly content: string }[];
    readonly response_format?: { readonly type: string };
  };
}

/** A response of the server. A string becomes the content of a choice, and a Response is sent unchanged. */
export type ChatReply = string | Response;

export interface ChatServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly ChatRequest[];
}

/** Calls `reply` for each request. `at` is the number of earlier requests. */
export function startChatServer(
  reply: (request: ChatRequest, at: number) => ChatReply | Promise<ChatReply>,
): ChatServer {
  const requests: ChatRequest[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(req) {
      const request: ChatRequest = {
        authorization: req.headers.get("authorization"),
        body: (await req.json()) as ChatRequest["body"],
      };
      requests.push(request);
      const given = await reply(request, requests.length - 1);
      return typeof given === "string" ? chatResponse(given) : given;
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}/v1`,
    requests,
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}

export const chatResponse = (content: string, finishReason = "stop"): Response =>
  Response.json({
    id: "chatcmpl-1",
    object: "chat.completion",
    choices: [{ index: 0, finish_reason: finishReason, message: { role: "assistant", content } }],
  });
