import { expect, onTestFinished, test } from "bun:test";
import { createLanguages, language } from "./create-languages.ts";
import type { Dictionary } from "./translate.ts";

test("a dictionary that is loaded late does not replace the language that was chosen after it", async () => {
  const german = Promise.withResolvers<Dictionary>();
  const { chooseLanguage, speakIn } = createLanguages({
    offered: ["en", "de", "ar"],
    usual: ["en"],
    dictionaries: { de: () => german.promise, ar: async () => ({}) },
  });
  onTestFinished(() => void speakIn("en"));
  chooseLanguage("de");
  chooseLanguage("en");
  german.resolve({});
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(language()).toBe("en");
  expect(document.documentElement.lang).toBe("en");
});
