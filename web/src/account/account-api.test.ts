import { afterEach, expect, test } from "bun:test";
import { de } from "../i18n/de.ts";
import { speak } from "../i18n/translate.ts";
import { archiveUrl } from "./account-api.ts";

afterEach(() => speak("en", {}));

test("the README of the archive is requested in the language of the page", () => {
  expect(archiveUrl()).toBe("/v1/accounts/me/archive?language=en");
  speak("de-AT-u-nu-latn", de);
  expect(archiveUrl()).toBe("/v1/accounts/me/archive?language=de");
});
