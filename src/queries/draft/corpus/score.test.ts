// Tests that the reference specs get the full score. Also tests the score of a scripted model, whose answers are
// wrapped in other text, truncated, streamed or wrong.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { createChatCompletionsModel } from "../../../ports/language-model/chat-completions/model.ts";
import type { Database } from "../../../ports/database/database.ts";
import { openSqlite } from "../../../ports/database/sqlite/database.ts";
import {
  type ChatReply,
  chatResponse,
  startChatServer,
} from "../../../testing/servers/chat-completions-server.ts";
import { type CorpusQuery, readCorpus } from "./corpus.ts";
import { referenceModel } from "./reference-model.ts";
import { scoreQuery } from "./score.ts";
import { corpusMigrations, type CorpusTables } from "./tables.ts";

setDefaultTimeout(60_000);
const corpus = readCorpus();
let database: Database<CorpusTables>;
beforeAll(async () => {
  database = await openSqlite<CorpusTables>({ file: ":memory:", migrations: corpusMigrations });
  await database.migrate();
});
afterAll(() => database.close());

test("each of the 60 wanted queries has its own description and a result for each call", () => {
  expect(corpus).toHaveLength(60);
  expect(new Set(corpus.map(({ wanted }) => wanted.description)).size).toBe(60);
  for (const { calls, answers } of corpus) expect(answers).toHaveLength(calls.length);
});

test("the reference specs get the score 60 of 60", async () => {
  const model = referenceModel(corpus);
  for (const query of corpus) {
    const score = await scoreQuery({ model, databases: [database] }, query);
    expect(score).toMatchObject({ outcome: "right", attempts: 1, reason: undefined });
  }
});

type Statement = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Returns a valid spec with a wrong result: each row has one more column. */
function lie({ reference }: CorpusQuery): object {
  const answering = (statement: Statement): object =>
    Object.fromEntries(
      Object.entries(statement).map(([kind, body]) => {
        const columns = kind === "select" ? "columns" : "returning";
        return [kind, { ...body, [columns]: { ...(body[columns] as object), lie: { value: "lie" } } }];
      }),
    );
  const { query } = reference as { query?: Statement & { steps?: readonly Statement[] } };
  return { ...reference, query: answering(query!) };
}

const streamed = (text: string): Response =>
  new Response(
    [
      ...(text.match(/.{1,80}/gs) ?? []).map((content) =>
        JSON.stringify({ choices: [{ delta: { content } }] }),
      ),
      "[DONE]",
    ]
      .map((data) => `data: ${data}\n\n`)
      .join(""),
    { headers: { "content-type": "text/event-stream" } },
  );

/** The six ways in which the scripted model answers. It uses these ways in turn, from one query to the next. */
const habits: readonly ((query: CorpusQuery, isSecondTry: boolean) => ChatReply)[] = [
  ({ reference }) =>
    `<think>They want {"name": "x"}. Hmm, {not that}.</think>Here it is:\n${JSON.stringify(reference)}\nDone!`,
  ({ reference }) => `\`\`\`json\n${JSON.stringify(reference, null, 2)}\n\`\`\``,
  ({ reference }, isSecondTry) =>
    isSecondTry ? JSON.stringify(reference) : chatResponse(JSON.stringify(reference).slice(0, 100), "length"),
  ({ reference }) =>
    JSON.stringify({ ...reference, scope: reference.scope === "user" ? "business" : "user" }),
  (query) => JSON.stringify(lie(query)),
  ({ reference }) => streamed(JSON.stringify(reference)),
];

test("a model whose drafts are wrong for 20 of the 60 queries gets the score 40", async () => {
  const liars = new Set<string>();
  await using server = startChatServer(({ body }) => {
    const asked = body.messages.map(({ content }) => content).join("\n");
    const at = corpus.findIndex(({ wanted }) => asked.includes(JSON.stringify(wanted.description)));
    return habits[at % habits.length]!(corpus[at]!, body.messages.length > 2);
  });
  const model = createChatCompletionsModel({ url: server.url, model: "scripted", pauseMs: 1 });
  const outcomes: string[] = [];
  for (const [at, query] of corpus.entries()) {
    const { outcome, attempts, reason } = await scoreQuery(
      { model, databases: [database], attemptsMax: 2 },
      query,
    );
    outcomes.push(outcome);
    const habit = at % habits.length;
    const right = habit === 3 ? "none" : habit === 4 ? "wrong" : "right";
    expect({ name: query.reference.name, outcome, reason: right === "right" ? reason : "" }).toEqual({
      name: query.reference.name,
      outcome: right,
      reason: right === "right" ? undefined : "",
    } as never);
    expect(attempts).toBe(habit === 2 || habit === 3 ? 2 : 1);
    if (outcome === "wrong") liars.add(query.reference.name);
  }
  expect(outcomes.filter((outcome) => outcome === "right")).toHaveLength(40);
  expect(liars.size).toBe(10);
});
