import { afterEach, expect, test } from "bun:test";
import { createSignal } from "solid-js";
import { cleanup, fireEvent, render, screen } from "@solidjs/testing-library";
import { Pages } from "./pages.tsx";

afterEach(cleanup);

test("if “Older” is pressed twice before the older page arrives, the list moves by one page", () => {
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
