// Tests how the businesses of a MongoDB chunk store are opened and closed, with and without a MongoDB
// user for each business.
import { expect, spyOn, test } from "bun:test";
import { createRequire } from "node:module";
import { Db, MongoClient, MongoServerError } from "mongodb";
import { hasMongo, hasRealMongo, startMongoServer } from "../../../testing/servers/mongodb-server.ts";
import { until } from "../../../testing/until.ts";
import { createMongoBusinesses, type MongoBusinesses } from "./businesses.ts";

// These tests replace the sign-in of the driver. A real server would refuse the commands of a client that has not
// signed in. So these tests run only on the stand-in.
const testOnStandIn = test.skipIf(!hasMongo || hasRealMongo);

/** Replaces the sign-in of the driver, because the stand-in for MongoDB has no users. */
function replaceSignIn(signIn: () => Promise<void>): Disposable {
  const { ScramSHA1, ScramSHA256 } = createRequire(import.meta.url)("mongodb/lib/cmap/auth/scram.js");
  const spies = [ScramSHA1, ScramSHA256].map(({ prototype }) =>
    spyOn(prototype as { auth: () => Promise<void> }, "auth").mockImplementation(signIn),
  );
  return {
    [Symbol.dispose]() {
      for (const spy of spies) spy.mockRestore();
    },
  };
}

const atlasError = (errmsg: string): MongoServerError =>
  new MongoServerError({ ok: 0, errmsg, code: 8_000, codeName: "AtlasError" });

test.skipIf(!hasMongo)(
  "on Atlas, which creates no users, a business is opened with the URL's user",
  async () => {
    await using server = await startMongoServer();
    using _signIn = replaceSignIn(() => Promise.reject(atlasError("bad auth : Authentication failed.")));
    const command = Db.prototype.command;
    using _commands = spyOn(Db.prototype, "command").mockImplementation(function (this: Db, wanted, options) {
      if ("createUser" in wanted) throw atlasError("CMD_NOT_ALLOWED: createUser");
      return command.call(this, wanted, options);
    });
    const errors: unknown[] = [];
    const businesses = createMongoBusinesses({
      ...server,
      credentialKey: new Uint8Array(32),
      onError: (err) => errors.push(err),
    });
    await businesses.use("acme", async (business) => business.create("a", {}, undefined));
    expect(await businesses.use("acme", (business) => business.head("a"))).toMatchObject({ tail: 0 });
    expect(errors).toMatchObject([{ code: 8_000 }]);
    expect((await businesses.writesOf("acme")).url).toBeUndefined();
    await businesses.close();
  },
);

test.skipIf(!hasMongo)("if too many businesses are open, a business in use stays open", async () => {
  await using server = await startMongoServer();
  const businesses = createMongoBusinesses(server);
  const release = Promise.withResolvers<void>();
  const others = Array.from({ length: 500 }, (_, at) => businesses.use(`b${at}`, () => release.promise));
  const opened = await Promise.all([1, 2].map(() => businesses.use("acme", async (business) => business)));
  expect(opened[0]).toBe(opened[1]!);
  release.resolve();
  await Promise.all(others);
  await businesses.close();
});

const endings = {
  "the store is closed": (businesses: MongoBusinesses) => businesses.close(),
  "the business is dropped": (businesses: MongoBusinesses) => businesses.drop("acme"),
};
for (const [ending, end] of Object.entries(endings)) {
  testOnStandIn(`if ${ending} during the opening of a connection, the connection is closed`, async () => {
    await using server = await startMongoServer();
    const signIn = Promise.withResolvers<void>();
    let isSigningIn = false;
    using _signIn = replaceSignIn(() => {
      isSigningIn = true;
      return signIn.promise;
    });
    using closed = spyOn(MongoClient.prototype, "close");
    const businesses = createMongoBusinesses({ ...server, credentialKey: new Uint8Array(32) });
    const using = businesses.use("acme", async () => {}).catch(() => {});
    await until("the business's user signs in", () => isSigningIn);
    const ended = end(businesses);
    signIn.resolve();
    await ended;
    await using;
    const isOwn = (client: unknown) => (client as MongoClient).options.credentials !== undefined;
    await until("the business's own connection is closed", () => closed.mock.contexts.some(isOwn), 3_000);
    await businesses.close();
  });
}
