// A server of the query benchmark, on Node: Express 5 with pg, written as in their documentation.
const express = require("express");
const { Pool } = require("pg");

const [url, userId] = process.argv.slice(2);
const pool = new Pool({ connectionString: url, max: 10 });
const app = express();
const sql = `select "id", "title", "projectId", "createdAt", "updatedAt" from "tracks" where "userId" = $1 order by "createdAt" desc, "id" desc limit $2`;

app.get("/tracks", async (req, res) => {
  const { rows } = await pool.query(sql, [req.query.userId, Number(req.query.limit ?? 20)]);
  res.json({ items: rows });
});

const server = app.listen(0, "127.0.0.1", () => {
  const { port } = server.address();
  console.error(JSON.stringify({ port, path: `/tracks?userId=${userId}&limit=20` }));
});
