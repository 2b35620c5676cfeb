import { expect, test } from "bun:test";
import { createAccountHouse } from "../../../testing/suites/deleted-member.ts";

test("if no public address is configured, a reset link begins with the address that the operator called", async () => {
  await using house = await createAccountHouse();
  const { business, app, studio, call } = house;
  await call("POST", "accounts/sign-up", {
    json: { business, email: "ada@example.com", password: "long enough" },
  });
  const res = await app.request(`http://10.1.2.3:3000/v1/businesses/${business}/reset-links`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${studio.stores.deps.operatorKey.made!}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ email: "ada@example.com" }),
  });
  expect(res.status).toBe(201);
  const { url } = (await res.json()) as { url: string };
  expect(url).toStartWith(`http://10.1.2.3:3000/b/${business}/reset-password#`);
});
