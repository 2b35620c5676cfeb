// Runs one server of the query benchmark: Hono with Kysely, which builds the query at each request, as in Kysely's documentation.
import { Hono } from "hono";
import { Kysely } from "kysely";
import { PostgresJSDialect } from "kysely-postgres-js";
import postgres from "postgres";

const [url, userId] = process.argv.slice(2);
const db = new Kysely({ dialect: new PostgresJSDialect({ postgres: postgres(url, { max: 10 }) }) });

const app = new Hono().get("/tracks", async (c) => {
  const items = await db
    .selectFrom("tracks")
    .select(["id", "title", "projectId", "createdAt", "updatedAt"])
    .where("userId", "=", c.req.query("userId") ?? "")
    .orderBy("createdAt", "desc")
    .orderBy("id", "desc")
    .limit(Number(c.req.query("limit") ?? 20))
    .execute();
  return c.json({ items });
});

const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: app.fetch });
console.error(JSON.stringify({ port: server.port, path: `/tracks?userId=${userId}&limit=20` }));
