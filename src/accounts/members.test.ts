// Tests the members of a business on SQLite.
import { expect, setDefaultTimeout, test } from "bun:test";
import { businessSchema } from "../businesses/tables/schema.ts";
import { createMemberHouse, describeMembers } from "../testing/suites/members.ts";
import { ownedTables } from "./sign-in/sign-in.ts";

setDefaultTimeout(60_000);

test("the tables whose rows move to the account when a guest signs in are exactly the tables whose owner column is `userId`", () => {
  const owned = Object.entries(businessSchema).filter(
    ([, { access }]) => access !== "internal" && access.owner === "userId",
  );
  expect(owned.map(([table]) => table).toSorted()).toEqual([...ownedTables].toSorted());
});

describeMembers("SQLite", createMemberHouse);
