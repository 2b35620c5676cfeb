// The pool of connections to Postgres where one breaks at the worst moment.
import { expect, spyOn, test } from "bun:test";
import net from "node:net";
import { createTestPostgres, hasPostgres } from "../../testing/postgres-database.ts";
import { isConnectionLost, openPostgresPool } from "./postgres-client.ts";

test.skipIf(!(await hasPostgres()))(
  "a connection that ends with something yet to be sent leaves nothing behind: the next query has a new one",
  async () => {
    await using database = await createTestPostgres();
    using dialled = spyOn(net.Socket.prototype, "connect");
    const pool = openPostgresPool({ url: database.url, max: 1 });
    await pool`select 1`;
    const lost = pool`select 2`.execute();
    for (const socket of dialled.mock.contexts) (socket as net.Socket).destroy();
    expect(isConnectionLost(await lost.catch((err: unknown) => err))).toBe(true);
    expect(await pool`select 3 as answer`).toMatchObject([{ answer: 3 }]);
    await pool.end();
  },
);
