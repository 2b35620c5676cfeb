import { afterEach, expect, test } from "bun:test";
import { cleanup, fireEvent, screen, waitFor } from "@solidjs/testing-library";
import { FakeEventSource, installFakeEventSource } from "../../test/fake-event-source.ts";
import { installFakeFetch, json } from "../../test/fake-fetch.ts";
import { renderInStudio } from "../../test/with-studio.tsx";
import { ar } from "../i18n/ar.ts";
import { speak } from "../i18n/translate.ts";
import { forgetSession } from "../api/session.ts";
import { Compose } from "./compose.tsx";
import { business } from "../shell/business.ts";
import { charactersOf, tooLong } from "./prompt-length.ts";

afterEach(cleanup);
afterEach(forgetSession);

function show() {
  installFakeEventSource();
  void FakeEventSource;
  const asked = installFakeFetch({
    "GET /v1/accounts/session": () => json({ account: { business: "demo", email: null } }),
    "GET /v1/queries/tracks.list": () => json({ items: [], next: null }),
    "POST /v1/generations": () => json({ requestId: "r", projectId: "p", trackId: "t", versionId: "v" }),
  });
  renderInStudio(() => <Compose promptRef={() => {}} />);
  const prompt = screen.getByLabelText<HTMLTextAreaElement>("What should it sound like?");
  return {
    prompt,
    made: () => asked.filter(({ path }) => path === "/v1/generations").map(({ body }) => body),
  };
}

test("the Enter key requests a piece with the written prompt and the chosen length", async () => {
  const { made, prompt } = show();
  prompt.focus();
  fireEvent.click(screen.getByLabelText("2 min"));
  fireEvent.input(prompt, { target: { value: " slow rain " } });
  fireEvent.keyDown(prompt, { key: "Enter" });
  await waitFor(() => expect(made()).toEqual([{ prompt: "slow rain", durationSeconds: 120 }]));
  expect(document.activeElement).not.toBe(prompt);
});

test("if the length “Endless” is chosen, an endless piece is requested", async () => {
  const { made, prompt } = show();
  fireEvent.click(screen.getByLabelText("Endless"));
  fireEvent.input(prompt, { target: { value: "rain" } });
  fireEvent.keyDown(prompt, { key: "Enter" });
  await waitFor(() => expect(made()).toEqual([{ prompt: "rain", durationSeconds: "endless" }] as unknown[]));
  cleanup();
  show();
  expect(screen.getByLabelText<HTMLInputElement>("Endless").checked).toBe(true);
});

test("Ctrl+Enter requests a piece, and Shift+Enter requests nothing", async () => {
  const { made, prompt } = show();
  fireEvent.input(prompt, { target: { value: "rain" } });
  fireEvent.keyDown(prompt, { key: "Enter", shiftKey: true });
  fireEvent.keyDown(prompt, { key: "Enter", ctrlKey: true });
  await waitFor(() => expect(made()).toEqual([{ prompt: "rain", durationSeconds: 60 }]));
});

test("an Enter key that ends the composition of a character requests no piece", async () => {
  const { made, prompt } = show();
  prompt.focus();
  fireEvent.input(prompt, { target: { value: "雨" } });
  fireEvent.keyDown(prompt, { key: "Enter", isComposing: true });
  fireEvent.keyDown(prompt, { key: "Escape" });
  expect(document.activeElement).not.toBe(prompt);
  await Promise.resolve();
  expect(made()).toEqual([]);
});

test("if the field is empty, the button requests a piece with the idea in the placeholder", async () => {
  const { made, prompt } = show();
  const [idea] = [prompt.placeholder];
  fireEvent.click(screen.getByRole("button", { name: "Compose" }));
  await waitFor(() => expect(made()).toEqual([{ prompt: idea, durationSeconds: 60 }]));
  expect(prompt.value).toBe(idea);
  cleanup();
  const again = show();
  const chip = screen.getByText(again.prompt.placeholder, { selector: "button" });
  fireEvent.click(chip);
  await waitFor(() => expect(again.made()).toHaveLength(1));
});

test("a double click, or a key that is held down, requests only one piece", async () => {
  const { made, prompt } = show();
  fireEvent.input(prompt, { target: { value: "rain" } });
  const button = screen.getByRole("button", { name: "Compose" });
  fireEvent.click(button, { detail: 1 });
  await waitFor(() => expect(made()).toHaveLength(1));
  fireEvent.click(button, { detail: 2 });
  fireEvent.keyDown(prompt, { key: "Enter", repeat: true });
  fireEvent.click(screen.getAllByRole("button", { name: /./ })[1]!, { detail: 2 });
  await Bun.sleep(20);
  expect(made()).toHaveLength(1);
});

test("the dice button writes an idea into the field, but requests no piece", () => {
  const { made, prompt } = show();
  fireEvent.click(screen.getByRole("button", { name: "Surprise me" }));
  expect(prompt.value).not.toBe("");
  expect(made()).toEqual([]);
});

test("a prompt that is too long is not sent, and stays in the field unchanged", async () => {
  const { made, prompt } = show();
  fireEvent.input(prompt, { target: { value: "a".repeat(1799) } });
  expect(screen.queryByText(/characters$/)).toBeNull();
  fireEvent.input(prompt, { target: { value: "a".repeat(10_000) } });
  expect(screen.getByText("10,000 of 2,000 characters")).toBeTruthy();
  fireEvent.keyDown(prompt, { key: "Enter" });
  expect(screen.getByText("This is 8,000 characters too long. Shorten it to 2,000.")).toBeTruthy();
  expect(prompt.value).toHaveLength(10_000);
  expect(made()).toEqual([]);
});

test('the wishes in the closed section "More wishes" are sent with the prompt', async () => {
  const { made, prompt } = show();
  const summary = await screen.findByText("More wishes");
  const details = summary.closest("details")!;
  details.open = true;
  const field = (name: string) => screen.getByLabelText<HTMLInputElement>(name);
  fireEvent.input(prompt, { target: { value: "rain" } });
  for (const [name, value] of [
    ["Tempo", "90"],
    ["Key", "D minor"],
    ["Style", " jazz "],
    ["Seed", "7"],
    ["Lyrics", "La la"],
  ] as const)
    fireEvent.input(field(name), { target: { value } });
  expect(summary.textContent).toBe("More wishes (5)");
  details.open = false;
  fireEvent.keyDown(prompt, { key: "Enter" });
  const options = { tempo: 90, key: "D minor", style: "jazz", lyrics: "La la" };
  await waitFor(() =>
    expect(made()).toEqual([{ prompt: "rain", durationSeconds: 60, seed: 7, options } as unknown]),
  );
});

test("if a wish has an invalid value, the closed section “More wishes” is opened", async () => {
  const { made, prompt } = show();
  const details = (await screen.findByText("More wishes")).closest("details")!;
  fireEvent.input(screen.getByLabelText("Tempo"), { target: { value: "301" } });
  fireEvent.input(prompt, { target: { value: "rain" } });
  fireEvent.keyDown(prompt, { key: "Enter" });
  expect(details.open).toBe(true);
  await Promise.resolve();
  expect(made()).toEqual([]);
});

test("the characters of a prompt are counted as code points", () => {
  expect(charactersOf("🎹".repeat(1500))).toBe(1500);
  expect(tooLong("🎹".repeat(2000))).toBeUndefined();
  expect(tooLong("a".repeat(2001))).toBe("This is 1 character too long. Shorten it to 2,000.");
});

test("a new form starts with the length that was chosen last", () => {
  localStorage.setItem("rondo.length", "300");
  show();
  expect(screen.getByLabelText<HTMLInputElement>("5 min").checked).toBe(true);
});

test("the ideas for a prompt are in the language of the page", () => {
  show();
  const shown = () =>
    [...document.querySelectorAll(".ideas .chip:not(.dice)")].map((chip) => chip.textContent);
  expect(shown()).toHaveLength(4);
  for (const idea of shown()) expect(business.ideas.en).toContain(idea!);
  speak("ar", ar);
  for (const idea of shown()) expect(business.ideas.ar).toContain(idea!);
  speak("en", {});
});
