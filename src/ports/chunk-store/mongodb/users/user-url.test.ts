// Tests the MongoDB URL that a generator gets for one business: with this URL, no password is sent
// to another machine over an unencrypted connection.
import { expect, test } from "bun:test";
import { urlFor } from "./user-url.ts";

const user = { database: "rondo_acme", username: "rondo_acme", password: "p/w+1" };

test.each([
  ["mongodb://127.0.0.1:27017", "mongodb://rondo_acme:p%2Fw%2B1@127.0.0.1:27017/?authSource=rondo_acme"],
  [
    "mongodb://root:secret@a.example,b.example/admin?tls=true&replicaSet=rs0&authSource=admin",
    "mongodb://rondo_acme:p%2Fw%2B1@a.example,b.example/?tls=true&replicaSet=rs0&authSource=rondo_acme",
  ],
  [
    "mongodb+srv://root:s@db.example/",
    "mongodb+srv://rondo_acme:p%2Fw%2B1@db.example/?authSource=rondo_acme",
  ],
  ["mongodb://root:secret@mongo:27017/?replicaSet=rs0", undefined],
  ["mongodb+srv://root:secret@db.example/?tls=false", undefined],
  ["mongodb+srv://root:secret@db.example/?ssl=false", undefined],
  ["mongodb://127.0.0.1,mongo:27017", undefined],
])(
  "from %s, a generator gets no URL that sends a password unencrypted to another machine",
  (url, expected) => {
    const found = urlFor(url, user);
    expect(found).toBe(expected as string);
    expect(found ?? "").not.toContain("secret");
  },
);
