import { afterEach, expect, test } from "bun:test";
import { cleanup, fireEvent, render, screen } from "@solidjs/testing-library";
import { createSignal } from "solid-js";
import { Compose } from "./compose.tsx";

afterEach(cleanup);

function show(playing?: string | (() => string | undefined), isSounding = false) {
  const told: string[] = [];
  render(() => (
    <Compose
      ring={{
        peaks: undefined,
        grown: 0,
        sections: [],
        seconds: 0,
        duration: 0,
        active: false,
        onSeek: () => {},
      }}
      words=""
      section=""
      busy={false}
      playing={typeof playing === "function" ? playing() : playing}
      isSounding={isSounding}
      onTyping={() => told.push("typing")}
      onToggle={() => told.push("toggle")}
      onMake={(prompt, seconds) => told.push(`make ${prompt} ${seconds}`)}
      promptRef={() => {}}
    />
  ));
  const prompt = screen.getByLabelText<HTMLTextAreaElement>("What should it sound like?");
  return { told, prompt };
}

test("Enter makes what was written, at the length that was picked", () => {
  const { told, prompt } = show();
  fireEvent.click(screen.getByLabelText("2 min"));
  fireEvent.input(prompt, { target: { value: " slow rain " } });
  fireEvent.keyDown(prompt, { key: "Enter" });
  expect(told).toEqual(["typing", "make slow rain 120"]);
});

test("Ctrl and Enter make it too; Shift and Enter only break the line", () => {
  const { told, prompt } = show();
  fireEvent.input(prompt, { target: { value: "rain" } });
  fireEvent.keyDown(prompt, { key: "Enter", shiftKey: true });
  fireEvent.keyDown(prompt, { key: "Enter", ctrlKey: true });
  expect(told).toEqual(["typing", "make rain 60"]);
});

test("Enter that ends a composition of characters makes nothing", () => {
  const { told, prompt } = show();
  fireEvent.input(prompt, { target: { value: "雨" } });
  fireEvent.keyDown(prompt, { key: "Enter", isComposing: true });
  expect(told).toEqual(["typing"]);
});

test("an idea is made by one press", () => {
  const { told, prompt } = show();
  const idea = screen.getByText(prompt.placeholder, { selector: "button" });
  fireEvent.click(idea);
  expect(told).toEqual(["typing", `make ${prompt.placeholder} 60`]);
  expect(prompt.value).toBe(prompt.placeholder);
});

test("an empty circle plays the idea that it shows", () => {
  const { told, prompt } = show();
  fireEvent.click(screen.getByRole("button", { name: "Make it and play" }));
  expect(told).toEqual([`make ${prompt.placeholder} 60`]);
});

test("the dice writes an idea and leaves it to be changed", () => {
  const { told, prompt } = show();
  fireEvent.click(screen.getByRole("button", { name: "Surprise me" }));
  expect(prompt.value).not.toBe("");
  expect(told).toEqual(["typing"]);
});

test("the button in the middle pauses what was asked for, until something else is written", () => {
  const { told, prompt } = show("rain", true);
  fireEvent.input(prompt, { target: { value: "rain" } });
  fireEvent.click(screen.getByRole("button", { name: "Pause" }));
  fireEvent.input(prompt, { target: { value: "rain and wind" } });
  fireEvent.click(screen.getByRole("button", { name: "Make it and play" }));
  expect(told).toEqual(["typing", "toggle", "typing", "make rain and wind 60"]);
});

test("the length is remembered", () => {
  localStorage.setItem("rondo.length", "300");
  show();
  expect(screen.getByLabelText<HTMLInputElement>("5 min").checked).toBe(true);
});

test("a piece that is played shows its prompt in the circle, but never in place of one's own words", () => {
  const first = show("rain");
  expect(first.prompt.value).toBe("rain");
  cleanup();
  const [playing, setPlaying] = createSignal<string>();
  const { prompt } = show(playing);
  fireEvent.input(prompt, { target: { value: "my own" } });
  setPlaying("rain");
  expect(prompt.value).toBe("my own");
});
