// Uses the controls of the page as a person does: by touch alone, or by keys alone.
import { expect } from "bun:test";
import type { Locator, Page } from "playwright-core";

/** If a control is not focused after this number of presses of Tab, the test fails. */
const TABS_MAX = 120;

/** Activates a control as a person does: by a tap, or by keys, beginning at the focused control. */
export type Press = (control: Locator) => Promise<void>;

export const tap: Press = (control) => control.tap();

/** Moves the focus to a control by Tab alone, and presses Enter. */
export async function byKeys(control: Locator): Promise<void> {
  await reach(control);
  await control.page().keyboard.press("Enter");
}

async function reach(control: Locator): Promise<void> {
  await control.waitFor();
  const page = control.page();
  const isThere = () => control.evaluate((element) => element === document.activeElement);
  for (let i = 0; i < TABS_MAX && !(await isThere()); i++) await page.keyboard.press("Tab");
  expect([await isThere(), await control.textContent()]).toEqual([true, expect.any(String)]);
}

export const button = (at: Page | Locator, name: string | RegExp) =>
  at.getByRole("button", { name, exact: typeof name === "string" });

/** Replaces the text of a field. */
export async function typeInto(field: Locator, text: string, press: Press): Promise<void> {
  if (press === tap) await field.tap();
  else await reach(field);
  await field.page().keyboard.press("ControlOrMeta+A");
  await field.page().keyboard.type(text);
}

/** Chooses the length of the next piece. `name` is the name of the radio button. */
export async function chooseLength(page: Page, name: string, press: Press): Promise<void> {
  const choice = page.getByRole("radio", { name, exact: true });
  if (press === tap) return choice.tap();
  await reach(page.locator("input[name=length]:checked"));
  while (!(await choice.isChecked())) await page.keyboard.press("ArrowRight");
}
