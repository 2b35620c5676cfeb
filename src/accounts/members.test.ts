// Tests the members of a business on SQLite.
import { expect, setDefaultTimeout, test } from "bun:test";
import { businessSchema } from "../businesses/tables/schema.ts";
import { createMemberHouse, describeMembers } from "../testing/suites/members.ts";
import { ownedTables } from "./sign-in/sign-in.ts";

setDefaultTimeout(60_000);

test("when a guest signs in, the rows of every table with the owner column `userId` move to the account", () => {
  const owned = Object.entries(businessSchema).filter(
    ([, { access }]) => access !== "internal" && access.owner === "userId",
  );
  expect(owned.map(([table]) => table).toSorted()).toEqual([...ownedTables].toSorted());
});

describeMembers("SQLite", createMemberHouse);
