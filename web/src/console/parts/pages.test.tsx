import { afterEach, expect, test } from "bun:test";
import { createSignal } from "solid-js";
import { cleanup, fireEvent, render, screen } from "@solidjs/testing-library";
import { Pages } from "./pages.tsx";

afterEach(cleanup);

test("pressing “Older” twice before the older page has arrived goes one page further", () => {
  const [pages, setPages] = createSignal<readonly string[]>([]);
  const [next, setNext] = createSignal("a");
  render(() => <Pages pages={pages()} next={next()} onPages={setPages} />);
  fireEvent.click(screen.getByText("Older"));
  fireEvent.click(screen.getByText("Older"));
  expect(pages()).toEqual(["a"]);
  setNext("b");
  fireEvent.click(screen.getByText("Older"));
  expect(pages()).toEqual(["a", "b"]);
});
