import { expect, test } from "bun:test";
import { cleanup, render } from "@solidjs/testing-library";
import { createShortcuts } from "./create-shortcuts.ts";

function setUp() {
  const pressed: string[] = [];
  render(() => {
    createShortcuts({ " ": () => pressed.push("space"), k: () => pressed.push("k") });
    return (
      <div>
        <textarea aria-label="prompt" />
        <button type="button">press</button>
        <canvas role="slider" aria-valuenow="0" tabindex="0" />
      </div>
    );
  });
  const press = (key: string, on: string, more: KeyboardEventInit = {}) =>
    document.querySelector(on)!.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, ...more }));
  return { pressed, press };
}

test("a letter key runs its shortcut in upper and lower case", () => {
  const { pressed, press } = setUp();
  press("k", "div");
  press("K", "div");
  press(" ", "div");
  expect(pressed).toEqual(["k", "k", "space"]);
  cleanup();
});

test("shortcuts are inactive in text fields and sliders, and while Ctrl is held down", () => {
  const { pressed, press } = setUp();
  press("k", "textarea");
  press("k", "canvas");
  press("k", "div", { ctrlKey: true });
  expect(pressed).toEqual([]);
  cleanup();
});

test("while a button has the focus, the space bar runs no shortcut", () => {
  const { pressed, press } = setUp();
  press(" ", "button");
  press("k", "button");
  expect(pressed).toEqual(["k"]);
  cleanup();
});

test("if the component that created the shortcuts is removed, no key runs a shortcut", () => {
  const { pressed } = setUp();
  cleanup();
  dispatchEvent(new KeyboardEvent("keydown", { key: "k" }));
  expect(pressed).toEqual([]);
});
