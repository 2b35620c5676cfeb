import { afterEach, expect, test } from "bun:test";
import { cleanup, fireEvent, render, screen } from "@solidjs/testing-library";
import { installFakeFetch, json } from "../../../test/fake-fetch.ts";
import type { Business } from "./business.ts";
import LimitsView from "./limits.tsx";

afterEach(cleanup);

test("a mistyped number of pieces is refused and changes no limit", async () => {
  const asked = installFakeFetch({ "PATCH /v1/businesses/acme": () => json({}) });
  const business = { limits: { concurrentGenerations: 5 } } as Business;
  render(() => <LimitsView of="acme" business={business} onChange={async () => {}} />);
  const change = async (text: string) => {
    fireEvent.input(screen.getByLabelText("Pieces at a time"), { target: { value: text } });
    fireEvent.click(screen.getByText("Change the limits"));
    await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await change("5o");
  expect(asked).toEqual([]);
  expect(screen.getByRole("alert").textContent).toContain("“5o” is not a number.");
  await change("off");
  expect(asked[0]?.body).toMatchObject({ limits: { concurrentGenerations: null } });
  await change("7");
  expect(asked[1]?.body).toMatchObject({ limits: { concurrentGenerations: 7 } });
});
