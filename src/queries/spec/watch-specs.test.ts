// Tests specs that change while a server runs. If all specs are valid, the new set is served. If a
// spec is faulty, the fault is reported, and the last valid set is still served.
import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { createTemporaryDirectory } from "../../testing/temporary-directory.ts";
import { until } from "../../testing/until.ts";
import { shelfSchema, shelfSpecs } from "../fixtures/shelf-data.ts";
import { loadSpecs } from "./load-specs.ts";
import { watchSpecs } from "./watch-specs.ts";

test("while a spec is faulty, the last valid set of specs is served", async () => {
  await using directory = await createTemporaryDirectory();
  const [first, second] = shelfSpecs as readonly { file: string; text: string }[];
  writeFileSync(`${directory.path}/${first!.file}`, first!.text);
  const reported: string[] = [];
  const specs = await watchSpecs({
    dir: directory.path,
    load: () => loadSpecs({ dir: directory.path, schema: shelfSchema }),
    onFault: (message) => reported.push(message),
  });
  expect([...specs.current.queries.keys()]).toEqual(["books.page"]);

  writeFileSync(`${directory.path}/${second!.file}`, second!.text);
  await until("the second spec is served", () => specs.current.queries.size === 2);

  writeFileSync(`${directory.path}/${first!.file}`, "{");
  await until("the fault is reported", () => reported.length > 0);
  expect(reported[0]).toContain("books.page.json");
  expect(specs.current.queries.size).toBe(2);

  writeFileSync(`${directory.path}/${first!.file}`, first!.text.replace("Tries", "Shows"));
  await until("the corrected spec is served", () =>
    specs.current.get("books.page").summary.startsWith("Shows"),
  );
  specs.close();
});
