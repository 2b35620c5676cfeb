import { afterEach, expect, test } from "bun:test";
import { cleanup, render, screen } from "@solidjs/testing-library";
import { installFakeFetch, json } from "../../../test/fake-fetch.ts";
import { Deliveries } from "./deliveries.tsx";

afterEach(cleanup);

test.each([
  [49, false],
  [50, true],
])("with %d deliveries, the text “The latest 50 are shown.” is visible: %p", async (count, isSaid) => {
  const items = Array.from({ length: count }, (_, at) => ({
    ...{ id: `${at}`, endpointId: "e", type: `track.${at}`, state: "delivered", tries: [] },
    ...{ nextAttemptAt: null, createdAt: "2026-11-30T08:00:00Z" },
  }));
  const asked = installFakeFetch({ "GET /v1/webhooks/deliveries": () => json({ items }) });
  render(() => <Deliveries of={undefined} endpointId="" onAll={() => {}} />);
  await screen.findByText(`track.${count - 1}`);
  expect(asked[0]?.path).toContain("limit=50");
  expect(screen.queryByText("The latest 50 are shown.") !== null).toBe(isSaid);
});
