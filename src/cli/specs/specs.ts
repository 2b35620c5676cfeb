// Defines the commands `rondo specs …`. With these commands, a developer can list, show, check and create queries, see
// the SQL of a query, score a language model that writes queries, and generate the files that depend on the queries.
import { Command } from "commander";
import { checkSpecs, writeGenerated } from "./check.ts";
import { draftSpecs } from "./draft.ts";
import { scoreSpecs } from "./score.ts";
import { loadForCommand, type SpecsTools } from "./tools.ts";
import { printBusinessTypes } from "./types.ts";
import { newSpecText } from "./new.ts";
import { AppError } from "../../errors.ts";
import { goldenTextOf } from "../../queries/publish/golden.ts";
import type { DialectName } from "../../queries/sql/statement.ts";

export function specsCommand(tools: SpecsTools): Command {
  const { print } = tools;
  const specs = new Command("specs").description("list, show, check and write named queries");
  specs
    .command("list")
    .description("list all queries by name")
    .action(async () => {
      const { set } = await loadForCommand(tools);
      for (const { name, method, scope, returns, summary } of set.queries.values()) {
        print([name, method, scope, returns, summary].join("\t"));
      }
    });
  specs
    .command("show")
    .description("show the spec of a query")
    .argument("<name>", "such as tracks.list")
    .action(async (name: string) => {
      const { set, texts } = await loadForCommand(tools);
      print(texts.get(set.get(name).name)!.trimEnd());
    });
  specs
    .command("sql")
    .description("show the SQL of a query: with and without its optional parameters, and for each sort order")
    .argument("<name>", "such as tracks.list")
    .option("--engine <engine>", "sqlite or postgres; by default both")
    .action(async (name: string, { engine }: { engine?: string }) => {
      const { set } = await loadForCommand(tools);
      const query = set.get(name);
      for (const dialect of enginesOf(engine)) print(goldenTextOf(query, dialect));
    });
  specs
    .command("check")
    .description("check every spec and its query plans on a migrated database, and check the generated files")
    .option("--postgres <url>", "check the specs on this empty Postgres database, too")
    .action((options: { postgres?: string }) => checkSpecs(tools, options));
  specs
    .command("new")
    .description("create a spec file as a starting point")
    .argument("<name>", "a name of the form entity.verb, such as tracks.list")
    .option("--table <table>", "the main table; by default the first part of the name")
    .option("--method <method>", "GET or POST", "GET")
    .action(async (name: string, options: { table?: string; method: string }) => {
      const text = newSpecText(name, { ...options, schema: tools.schema });
      await tools.writeSpec(`${name}.json`, text);
      print(`query-specs/${name}.json`);
    });
  specs
    .command("score")
    .description(
      "score a language model: how many of 60 described queries it turns into specs that return the right rows",
    )
    .option("--self", "use the reference specs instead of a model, to test the 60 queries themselves")
    .option("--postgres <url>", "compare the rows on this empty Postgres database, too")
    .action((options: { self?: boolean; postgres?: string }) => scoreSpecs(tools, options));
  specs
    .command("draft")
    .description("let a language model write drafts of specs, which you can review before they are saved")
    .argument("[sentence...]", "a description of the query")
    .option(
      "--from <file>",
      "a JSON list of {description, parameters, tables, method}, instead of one description",
    )
    .option("--yes", "save every spec that passes, without asking")
    .option("--postgres <url>", "test the specs on this empty Postgres database, too")
    .action((words: string[], options: { from?: string; yes?: boolean; postgres?: string }) =>
      draftSpecs(tools, { sentence: words.join(" "), ...options }),
    );
  specs
    .command("types")
    .description("generate the files again: the typed client, the SQL to review, the JSON Schema")
    .option("--business <slug>", "print the typed client of this business instead, including its own queries")
    .action(async ({ business }: { business?: string }) => {
      if (business !== undefined) return printBusinessTypes(tools, business);
      const changed = await writeGenerated(tools);
      for (const file of changed) print(file);
      if (changed.length === 0) print("The files that are made from the query specs are up to date.");
    });
  return specs;
}

function enginesOf(engine: string | undefined): readonly DialectName[] {
  if (engine === undefined) return ["sqlite", "postgres"];
  if (engine === "sqlite" || engine === "postgres") return [engine];
  throw new AppError("INVALID_PARAMETER", `There is no engine "${engine}".`, {
    hint: "The engines are sqlite and postgres.",
  });
}
