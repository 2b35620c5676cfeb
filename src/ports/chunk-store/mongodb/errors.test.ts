// Tests which errors of MongoDB Atlas mean that the storage is full, and which mean that the credentials are refused.
import { expect, test } from "bun:test";
import { MongoServerError } from "mongodb";
import { translated } from "./errors.ts";

/** Returns an error as Atlas reports it. All refusals of Atlas have the same code and the same name of the code. */
const atlasError = (errmsg: string): MongoServerError =>
  new MongoServerError({ ok: 0, errmsg, code: 8_000, codeName: "AtlasError" });

test("a write to a full Atlas cluster fails with STORAGE_FULL", () => {
  const err = atlasError("you are over your space quota, using 513 MB of 512 MB");
  expect(translated(err)).toMatchObject({ code: "STORAGE_FULL" });
});

test("a wrong password for Atlas is reported as refused credentials", () => {
  const err = atlasError("bad auth : Authentication failed.");
  err.addErrorLabel("HandshakeError");
  expect(translated(err)).toMatchObject({
    code: "UNAVAILABLE",
    message: "The chunk store refuses the credentials.",
  });
});

test.each([
  "user is not allowed to do action [find] on [acme.streams]",
  "cannot create a new collection -- already using 500 collections of 500",
])("a refusal of Atlas about permissions or collections is returned unchanged: %s", (errmsg) => {
  const err = atlasError(errmsg);
  expect(translated(err)).toBe(err);
});
