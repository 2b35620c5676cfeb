import { expect, test } from "bun:test";
import { ar } from "../i18n/ar.ts";
import { de } from "../i18n/de.ts";
import { speak } from "../i18n/translate.ts";
import { wordsOf } from "./refusals.ts";

/** The codes of errors that no request of the page can get, such as errors of commands and of operators. */
const notOfPage = [
  "APP_INVALID",
  "CONFIG_INVALID",
  "SPEC_INVALID",
  "INVALID_OFFSET",
  "NUMBER_OUT_OF_RANGE",
].concat([...["PRODUCER_FENCED", "PRODUCER_GAP", "STREAM_CONFLICT"]]);
const ofDevelopers = /credential|token|header|body|parameter|json|request id|operator|server's settings/i;

test("in every language, each error that the page can get has a message and a hint", async () => {
  const page = await Bun.file(new URL("../../../docs/reference/errors.md", import.meta.url)).text();
  const codes = [...page.matchAll(/^\| `([A-Z_]+)` .*?\| *\d+ *\| ([^|]+)/gm)].map(([, code, meaning]) => ({
    ...{ code: code!, message: meaning!.trim() },
  }));
  expect(codes.length).toBeGreaterThan(25);
  for (const [tag, words] of Object.entries({ en: {}, de, ar })) {
    speak(tag, words);
    for (const { code, message } of codes.filter(({ code: one }) => !notOfPage.includes(one))) {
      const own = wordsOf({ code, message: "What the server says.", hint: undefined });
      expect([tag, code, own.hint]).toEqual([tag, code, expect.stringMatching(/\S{2}/)]);
      expect(`${own.message} ${own.hint}`).not.toMatch(ofDevelopers);
      if (tag !== "en") expect([tag, code, own.message]).not.toEqual([tag, code, "What the server says."]);
      expect(message).toBeTruthy();
    }
  }
  speak("en", {});
});

test("each limit that the page knows by name has its own message and hint in every translation", () => {
  const refusal = {
    ...{ code: "TOO_MANY_REQUESTS", message: "An endless piece of yours is already being made." },
    ...{ hint: "Stop it before you start another one.", details: { limit: "endless" } },
  };
  expect(wordsOf(refusal)).toEqual({ message: refusal.message, hint: refusal.hint });
  for (const [tag, words] of Object.entries({ de, ar })) {
    speak(tag, words);
    const other = wordsOf({ ...refusal, details: { limit: "another" } });
    const sentences = new Set([other.message, other.hint, refusal.message, refusal.hint]);
    const limits = ["endless", "guestMinutes", "pieces", "guestPieces", "signIn"];
    for (const limit of limits) {
      const { message, hint } = wordsOf({ ...refusal, details: { limit } });
      sentences.add(message).add(hint);
    }
    expect(sentences.size).toBe(4 + 2 * limits.length);
  }
  speak("en", {});
});

test("the hint about a used-up quota contains a time in the language of the page", () => {
  const refusal = { code: "QUOTA_REACHED", message: "You have used 2 of 2 pieces today.", hint: "… UTC" };
  const details = { resetsAt: "2026-12-01T00:00:00.000Z" };
  const date = (tag: string) =>
    new Date(details.resetsAt).toLocaleString(tag, { dateStyle: "medium", timeStyle: "short" });
  expect(wordsOf({ ...refusal, details })).toEqual({
    message: "You have used 2 of 2 pieces today.",
    hint: `The count starts again ${date("en")}.`,
  });
  speak("de", de);
  expect(wordsOf({ ...refusal, details }).hint).toContain(date("de"));
  speak("en", {});
});
