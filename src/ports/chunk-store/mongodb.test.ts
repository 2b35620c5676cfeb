// The MongoDB chunk store: the contract on both kinds of deployment, and what is its own: direct writers, a server that goes away.
import { expect, test } from "bun:test";
import { hasMongo, startMongoServer } from "../../testing/mongodb-server.ts";
import { describeChunkStore } from "./contract.ts";
import { createMongoChunkStore } from "./mongodb.ts";

for (const replicaSet of [false, true]) {
  describeChunkStore(`mongodb${replicaSet ? ", replica set" : ""}`, async () => {
    const server = await startMongoServer({ replicaSet });
    const { url, databasePrefix } = server;
    return {
      left: createMongoChunkStore({ url, databasePrefix }),
      right: createMongoChunkStore({ url, databasePrefix }),
      close: () => server[Symbol.asyncDispose](),
    };
  });
}
