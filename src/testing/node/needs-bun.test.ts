// Compares the list of files that need Bun with the code. A new use of Bun therefore fails this test until the file is
// listed with the reason, or uses an API that Node has. Tests and commands are not compared.
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { needsBun } from "./needs-bun.ts";

const root = join(import.meta.dirname, "../../..");
const isTest = /\.test\.ts$|\/contract(?:-\w+)?\.ts$|^src\/testing\/|\/fixtures\//;
const isCommand = /^src\/(?:cli|generator-check)\//;

/** Matches type imports, which Node ignores, and comments. */
const ignored = /^\s*(?:\/\/|\/?\*).*$|^import type [^;]*;/gm;
const apis =
  /\bBun\.[a-z]\w*|(?<=\bnew )Bun\.\w+|(?<=["'])bun(?::\w+)?(?=["'])|\bimport\.meta\.(?:dir|file|path|require)\b|type: "direct"/g;

const apisIn = (text: string): readonly string[] =>
  [...new Set([...text.replace(ignored, "").matchAll(apis)].map(([api]) => api))].sort();

function readNeeds(): Readonly<Record<string, readonly string[]>> {
  const files = ["src", "jobs"]
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map(
        (name) => `${folder}/${name}`,
      ),
    )
    .filter((file) => file.endsWith(".ts") && !isTest.test(file) && !isCommand.test(file));
  const needs = files.map((file) => [file, apisIn(readFileSync(join(root, file), "utf8"))] as const);
  return Object.fromEntries(needs.filter(([, found]) => found.length > 0));
}

test("the search for uses of Bun finds globals, modules and properties", () => {
  const code = `import { Database } from "bun:sqlite";\nimport type { Server } from "bun";\n// Bun.write\nconst child: Bun.Subprocess = Bun.spawn([]);\nnew Bun.S3Client({});\nimport.meta.dir; import.meta.dirname;`;
  expect(apisIn(code)).toEqual(["Bun.S3Client", "Bun.spawn", "bun:sqlite", "import.meta.dir"]);
});

test("`needsBun` lists exactly the files that use Bun, each with the APIs that it uses", () => {
  const listed = Object.entries(needsBun).map(([file, { apis }]) => [file, [...apis].sort()] as const);
  expect(readNeeds()).toEqual(Object.fromEntries(listed));
});

test("the code that handles requests uses no API of Bun", () => {
  const parts =
    /^src\/(?:app\.ts$|http\/|accounts\/|businesses\/|intake\/|sharing\/|generations\/|library\/|queries\/|streams\/)/;
  expect(Object.keys(needsBun).filter((file) => parts.test(file))).toEqual([]);
});
