import { afterEach, expect, test } from "bun:test";
import { cleanup, fireEvent, render, screen } from "@solidjs/testing-library";
import { TrackRow } from "./track-row.tsx";

afterEach(cleanup);

function show(changes: Partial<Parameters<typeof TrackRow>[0]> = {}) {
  const told: string[] = [];
  render(() => (
    <TrackRow
      title="Low tide"
      prompt="pads"
      seconds={61}
      note={undefined}
      progress={undefined}
      versionCount={1}
      isCurrent={false}
      isSounding={false}
      isOpen={false}
      onPlay={() => told.push("play")}
      onToggle={() => told.push("open")}
      onChange={() => told.push("change")}
      onDelete={() => told.push("delete")}
      onRename={(title) => told.push(`rename ${title}`)}
      {...changes}
    />
  ));
  return told;
}
/** happy-dom has no popovers; Chromium shows the real one in the browser tests. */
const choose = (name: string) => {
  HTMLElement.prototype.hidePopover ??= () => {};
  const menu = document.querySelector("[popover]")!;
  fireEvent(menu, Object.assign(new Event("beforetoggle"), { newState: "open" }));
  fireEvent.click(screen.getByText(name));
};
const rename = () => {
  choose("Rename");
  return screen.getByLabelText<HTMLInputElement>("New title");
};

test("a row names its piece, its length and its buttons", () => {
  const told = show();
  fireEvent.click(screen.getByRole("button", { name: "Play Low tide" }));
  expect(screen.getByText("1:01")).toBeTruthy();
  expect(told).toEqual(["play"]);
});

test("the piece that sounds offers a pause", () => {
  show({ isCurrent: true, isSounding: true });
  expect(screen.getByRole("button", { name: "Pause Low tide" })).toBeTruthy();
});

test("a piece in the making shows how far it is in place of its length", () => {
  show({ note: "42 %", progress: 0.42 });
  expect(screen.getByText("42 %")).toBeTruthy();
  expect(screen.queryByText("1:01")).toBeNull();
});

test("Enter renames, and leaving the field after that doesn't rename again", () => {
  const told = show();
  const input = rename();
  input.value = "  High tide ";
  fireEvent.keyDown(input, { key: "Enter" });
  fireEvent.blur(input);
  expect(told).toEqual(["rename High tide"]);
});

test("Escape keeps the old name", () => {
  const told = show();
  const input = rename();
  input.value = "High tide";
  fireEvent.keyDown(input, { key: "Escape" });
  expect(told).toEqual([]);
  expect(screen.getByText("Low tide")).toBeTruthy();
});

test("an empty name is no name", () => {
  const told = show();
  const input = rename();
  input.value = "   ";
  fireEvent.blur(input);
  expect(told).toEqual([]);
});

test("the name opens what lies below it, and says how many versions there are", () => {
  const told = show({ versionCount: 3, isOpen: true, children: <p>all three</p> });
  const name = screen.getByRole("button", { name: /^Low tide/, expanded: true });
  fireEvent.click(name);
  expect([name.textContent, screen.getByText("all three").className, told]).toEqual([
    "Low tide3 versions",
    "",
    ["open"],
  ]);
});

test("the menu changes, deletes and leads to the files", () => {
  const told = show({ downloads: <a href="/v1/versions/v/download?format=mp3">Download MP3</a> });
  choose("Make a version");
  choose("Delete");
  expect(told).toEqual(["change", "delete"]);
  expect(screen.getByText<HTMLAnchorElement>("Download MP3").href).toContain("format=mp3");
});
