// Tests a connection to MongoDB that ends just before a request is written.
import { expect, spyOn, test } from "bun:test";
import net from "node:net";
import { hasMongo, startMongoServer } from "../../../testing/servers/mongodb-server.ts";
import { createConnection } from "./connection.ts";

test.skipIf(!hasMongo)(
  "if the connection ends just before a request is written, the operation is retried",
  async () => {
    await using server = await startMongoServer();
    using dialled = spyOn(net, "createConnection");
    const { client, run, close } = createConnection(server.url);
    const ping = () => run(() => client.db("admin").command({ ping: 1 }));
    await ping();
    client.once("connectionCheckedOut", () => {
      for (const { value } of dialled.mock.results) (value as net.Socket).destroy();
    });
    expect(await ping()).toMatchObject({ ok: 1 });
    await close();
  },
);
