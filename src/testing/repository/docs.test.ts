// Checks that every relative link in the documentation, and every repository path in its inline
// code, leads to something that exists. Also checks that every page of docs/ can be reached from
// docs/README.md.
import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../../..");
const textOf = (file: string): string => readFileSync(join(root, file), "utf8");

const pages: readonly string[] = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
  ...readdirSync(join(root, ".github"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(".github", name)),
];

/** Removes code blocks, because brackets in code blocks are not links. */
const proseOf = (text: string): string => text.replaceAll(/^```[\s\S]*?^```$/gm, "");

/** Returns the anchor that GitHub makes for a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-");

const anchorsOf = (file: string): ReadonlySet<string> =>
  new Set(
    [...proseOf(textOf(file)).matchAll(/^#{1,6} (.+)$/gm)].map((match) =>
      anchorOf(match[1]!.replaceAll(/\]\([^)]*\)/g, "]")),
    ),
  );

test("every relative link in the documentation leads to an existing file and heading", () => {
  const broken: string[] = [];
  for (const page of pages) {
    for (const [, target = ""] of proseOf(textOf(page)).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? page : relative(root, resolve(root, dirname(page), path));
      const isThere = existsSync(join(root, file));
      const hasHeading = anchor === undefined || (isThere && anchorsOf(file).has(anchor));
      if (!isThere || !hasHeading) broken.push(`${page}: ${target}`);
    }
  }
  expect(broken).toEqual([]);
});

const folders = [
  "src",
  "jobs",
  "web",
  "docs",
  "bench",
  "deploy",
  "migrations",
  "patches",
  "\\.ci",
  "\\.github",
];
/**
 * Finds paths in `folders`. The folder `query-specs` is not in this list, because the guides also name specs that a
 * reader creates in a new folder `query-specs`.
 */
const repositoryPath = new RegExp(`(?<![\\w./-])(?:${folders.join("|")})/[\\w./@-]*[\\w/]`, "g");

/**
 * Returns whether the path of any file begins with `path`. This is used for the argument of `bun test`, which can be
 * the beginning of a path: `bun test src/some/na` also runs `src/some/name.test.ts`.
 */
const hasFilesThatBegin = (path: string): boolean =>
  existsSync(join(root, dirname(path))) &&
  readdirSync(join(root, dirname(path))).some((name) => join(dirname(path), name).startsWith(path));

test("every repository path in inline code of the documentation exists", () => {
  const missing: string[] = [];
  for (const page of pages) {
    for (const [, code = ""] of textOf(page).matchAll(/`([^`\n]+)`/g)) {
      for (const match of code.matchAll(repositoryPath)) {
        const rest = code.slice(match.index + match[0].length);
        if (/^[<{*…]/.test(rest)) continue;
        if (code.includes("bun test") && hasFilesThatBegin(match[0])) continue;
        if (!existsSync(join(root, match[0]))) missing.push(`${page}: ${match[0]}`);
      }
    }
  }
  expect(missing).toEqual([]);
});

test("every page of docs/ can be reached by links from docs/README.md", () => {
  const reached = new Set<string>();
  const follow = (page: string): void => {
    if (reached.has(page) || !existsSync(join(root, page)) || !page.endsWith(".md")) return;
    reached.add(page);
    for (const [, target = ""] of proseOf(textOf(page)).matchAll(/\]\(([^)#\s]+)[^)]*\)/g))
      if (!/^[a-z]+:/.test(target)) follow(relative(root, resolve(root, dirname(page), target)));
  };
  follow("docs/README.md");
  expect(pages.filter((page) => page.startsWith("docs/") && !reached.has(page))).toEqual([]);
});
