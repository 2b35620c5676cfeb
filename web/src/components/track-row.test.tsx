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
      isCurrent={false}
      isSounding={false}
      onPlay={() => told.push("play")}
      onRename={(title) => told.push(`rename ${title}`)}
      {...changes}
    />
  ));
  return told;
}
const rename = () => {
  fireEvent.click(screen.getByRole("button", { name: "Rename Low tide" }));
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
