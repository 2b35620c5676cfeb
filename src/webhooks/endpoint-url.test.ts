// Tests which URLs are accepted for a webhook endpoint.
import { expect, test } from "bun:test";
import { createDialPublic } from "../ports/dial-public.ts";
import { endpointDialling, refuseUnusableUrl } from "./endpoint-url.ts";

const addresses: Readonly<Record<string, readonly string[]>> = {
  "shop.example": ["8.8.8.8"],
  "inward.example": ["8.8.8.8", "192.168.0.1"],
  localhost: ["127.0.0.1"],
};
const dial = createDialPublic(async (name) => addresses[name] ?? [], undefined, endpointDialling);

test.each([
  ["not an address", "begins with https:// or http://"],
  ["ftp://shop.example/", "begins with https:// or http://"],
  ["https://user:word@shop.example/", "user name or a password"],
  ["https://shop.example/#part", "part after #"],
  ["http://127.0.0.1/", "inner network"],
  ["http://2130706433/", "inner network"],
  ["http://[::ffff:10.0.0.1]/", "inner network"],
  ["http://localhost:3000/", "inner network"],
  ["https://inward.example/", "inner network"],
  ["https://missing.example/", "could not be resolved to an IP address"],
  [`https://shop.example/${"a".repeat(2_000)}`, "2000 characters"],
])("the endpoint address %p is refused", async (url, message) => {
  const refused = await refuseUnusableUrl(url, dial).catch((err: unknown) => err);
  expect(refused).toMatchObject({
    code: "INVALID_PARAMETER",
    publicMessage: expect.stringContaining(message),
    faults: [{ at: "/url" }],
  });
  expect(String(refused)).not.toContain(url);
});

test("a public endpoint address with a port, a path and a query string is accepted", async () => {
  await refuseUnusableUrl("https://shop.example:8443/events?from=rondo", dial);
  await refuseUnusableUrl("HTTP://8.8.8.8/", dial);
});
