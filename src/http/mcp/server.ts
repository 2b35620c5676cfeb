// Answers messages of the Model Context Protocol. For a client of this protocol, each query that the caller is allowed
// to call is a tool. The client can list the tools and call them.
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import type { BusinessCaller, UserCaller } from "../../accounts/caller.ts";
import { type AppError, notFound } from "../../errors.ts";
import { parseStoredJson } from "../../exact-json.ts";
import { answerSchemaOf } from "../../queries/publish/catalog.ts";
import { objectSchemaOf } from "../../queries/spec/parameter.ts";
import type { QuerySet, ReadyQuery } from "../../queries/run/query-set.ts";
import { asAppError } from "../answers/problem.ts";
import { type CountedQueryDeps, callQuery, queriesOf } from "../call-query.ts";

/**
 * Answers one HTTP request. No state is kept between requests, so any instance can answer. An error of a called query
 * is a part of the response. If the queries of the business can't be read, throws an error.
 */
export async function answerMcp(
  deps: CountedQueryDeps,
  caller: UserCaller | BusinessCaller,
  request: Request,
  parsedBody: unknown,
): Promise<Response> {
  const server = serverFor(deps, caller, await queriesOf(deps, caller));
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
  await server.connect(transport);
  try {
    return await transport.handleRequest(request, { parsedBody });
  } finally {
    await server.close();
  }
}

/**
 * Converts the name of a query, such as "tracks.list", to the name of a tool, such as "tracks_list". Some clients
 * accept only letters, digits and _ in the names of tools.
 */
const toolNameOf = (name: string): string => name.replace(".", "_");

function serverFor(deps: CountedQueryDeps, caller: UserCaller | BusinessCaller, set: QuerySet): Server {
  const queries = [...set.queries.values()].filter(({ scope }) => scope === caller.kind);
  const byTool = new Map(queries.map((query) => [toolNameOf(query.name), query]));
  const server = new Server(
    { name: "rondo", version: "0.1.0" },
    {
      capabilities: { tools: {} },
      instructions: "Named queries of Rondo: the caller's music, projects and versions.",
    },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: queries.map(toolOf) }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    const query = byTool.get(params.name);
    if (query === undefined) return failure(notFound("tool"));
    try {
      const { name, method } = query;
      const parameters = params.arguments ?? {};
      const { body } = await callQuery(deps, caller, { name, method, parameters, source: "json" });
      return answerOf(body);
    } catch (err) {
      return failure(asAppError(err));
    }
  });
  return server;
}

const toolOf = (query: ReadyQuery) => ({
  name: toolNameOf(query.name),
  title: query.name,
  description: query.description === undefined ? query.summary : `${query.summary} ${query.description}`,
  inputSchema: objectSchemaOf(query.parameters) as { type: "object" },
  outputSchema: answerSchemaOf(query) as { type: "object" },
  annotations: { readOnlyHint: query.method === "GET", openWorldHint: false },
});

const answerOf = (body: string) => ({
  content: [{ type: "text" as const, text: body }],
  structuredContent: parseStoredJson(body) as Record<string, unknown>,
});

/** Returns the result of a failed call. The model reads the error in this result, and can then correct the call. */
const failure = ({ code, publicMessage, hint, faults, details }: AppError) => ({
  isError: true,
  content: [
    { type: "text" as const, text: JSON.stringify({ code, detail: publicMessage, hint, faults, details }) },
  ],
});
