import { expect, test } from "bun:test";
import type { Look } from "../../apps/theme/looks.ts";
import { themedConsole, themedPage } from "./themed-page.ts";

const console = `<title>Console</title><script type="application/json" id="business">{"languages":["en","de","ar"]}</script>`;
const lookWith = (theme: object): Look => ({ slug: "halde", name: "Halde", version: "1", theme }) as Look;

test("the console contains the languages from the theme of its business, but no other part of the theme", () => {
  const themed = themedConsole(console, lookWith({ languages: ["de"], description: "Techno" }), "/b/halde");
  expect(themed).toContain(`id="business">{"languages":["de"],"base":"/b/halde"}</script>`);
  expect(themed).toStartWith("<title>Console</title>");
  expect(themed).not.toContain("Techno");
});

test("if the theme of the business names no language, the console offers all languages", () => {
  expect(themedConsole(console, lookWith({}))).toBe(console);
});

test("special characters in the name and description of a business are shown unchanged on the page", () => {
  const shell =
    '<head><title>Rondo</title><meta name="description" content="Music"></head>' +
    '<script type="application/json" id="business">{}</script>';
  const look = { ...lookWith({ description: "From $10 a month, $& and $'1" }), name: "A$$AP" };
  const page = themedPage(shell, look);
  expect(page).toContain("<title>A$$AP</title>");
  expect(page).toContain('<meta name="description" content="From $10 a month, $&amp; and $&#39;1">');
  expect(page).toContain('<meta property="og:title" content="A$$AP">');
  expect(page).toContain('<meta property="og:description" content="From $10 a month, $&amp; and $&#39;1">');
});
