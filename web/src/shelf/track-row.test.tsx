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
      peaks={null}
      createdAt="2026-07-12T10:00:00Z"
      address="/p/t"
      seconds={61}
      note={undefined}
      progress={undefined}
      versionCount={1}
      isCurrent={false}
      isSounding={false}
      isLiked={false}
      onLike={() => told.push("like")}
      onPlay={() => told.push("play")}
      onChange={() => told.push("change")}
      onAlbum={() => told.push("album")}
      onDelete={() => told.push("delete")}
      onRename={(title) => told.push(`rename ${title}`)}
      {...changes}
    />
  ));
  return told;
}
/**
 * Opens the row's menu and chooses the action `name`. happy-dom has no popovers, so this function sends the popover's
 * event itself. The browser tests use the popovers of Chromium.
 */
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

test("a row shows the title, day, length and number of versions of the piece", () => {
  const told = show({ versionCount: 3 });
  fireEvent.click(screen.getByRole("button", { name: "Play Low tide" }));
  expect(document.querySelector(".facts")!.textContent).toMatch(/12.* · 1:01 · 3 versions/);
  expect(screen.getByRole<HTMLAnchorElement>("link", { name: /^Low tide/ }).pathname).toBe("/p/t");
  expect(told).toEqual(["play"]);
});

test("the button of the playing piece has the label “Now playing”", () => {
  const told = show({ isCurrent: true, isSounding: true });
  fireEvent.click(screen.getByRole("button", { name: "Now playing: Low tide" }));
  expect(told).toEqual([]);
});

test("during generation a row shows the progress in place of the length", () => {
  show({ note: "42 %", progress: 0.42 });
  expect(document.querySelector(".facts")!.textContent).toContain("42 %");
  expect(document.querySelector(".facts")!.textContent).not.toContain("1:01");
  expect(document.querySelector("progress")!.value).toBe(0.42);
});

test("the Enter key saves the new name once", () => {
  const told = show();
  const input = rename();
  input.value = "  High tide ";
  fireEvent.keyDown(input, { key: "Enter" });
  fireEvent.blur(input);
  expect(told).toEqual(["rename High tide"]);
});

test("the Escape key restores the old name", () => {
  const told = show();
  const input = rename();
  input.value = "High tide";
  fireEvent.keyDown(input, { key: "Escape" });
  expect(told).toEqual([]);
  expect(screen.getByText("Low tide")).toBeTruthy();
});

test("an empty name is not saved", () => {
  const told = show();
  const input = rename();
  input.value = "   ";
  fireEvent.blur(input);
  expect(told).toEqual([]);
});

test("the menu has the actions “Versions”, “Put in an album…” and “Delete”", () => {
  const told = show({ downloads: <a href="/v1/versions/v/download?format=mp3">Download MP3</a> });
  choose("Versions");
  choose("Put in an album…");
  choose("Delete");
  expect(told).toEqual(["change", "album", "delete"]);
  expect(screen.getByText<HTMLAnchorElement>("Download MP3").href).toContain("format=mp3");
});
