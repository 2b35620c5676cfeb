// Writes the messages that ask a language model for a spec. The messages contain the spec language, the tables,
// similar existing specs, and the wanted query.
import type { TableDeclaration } from "../../businesses/tables/table-declaration.ts";
import type { ModelMessage } from "../../ports/language-model/language-model.ts";
import type { JsonObject } from "../spec/json-reader.ts";

/** A wanted query: its description, and the properties that the model can't change. */
export interface WantedQuery {
  readonly description: string;
  readonly method?: "GET" | "POST";
  readonly scope?: "user" | "business";
  /**
   * Maps the name of each parameter to the declaration or to a description of the parameter. The spec must declare
   * exactly these parameters.
   */
  readonly parameters?: JsonObject;
  /** The only tables that the spec is allowed to use. */
  readonly tables?: readonly string[];
}

const examplesMax = 4;

/** `existing` maps the name of each existing query to the JSON text of its spec. */
export function draftMessages(
  wanted: WantedQuery,
  existing: ReadonlyMap<string, string>,
  schema: Readonly<Record<string, TableDeclaration>>,
): readonly ModelMessage[] {
  const examples = nearestSpecs(wanted, existing).map((text) => JSON.stringify(JSON.parse(text)));
  return [
    {
      role: "system",
      content: [guide, "# Tables", tablesText(schema), "# Existing specs", ...examples].join("\n\n"),
    },
    { role: "user", content: `Write the spec for this query:\n${JSON.stringify(wanted, null, 2)}` },
  ];
}

const guide = `You write query specs for Rondo: JSON that says what a named query means. You never write SQL.
Answer with one JSON object and nothing else.

# The language
- A spec has name ("entity.verb", camelCase), summary, method (GET reads, POST writes), scope ("user" unless told otherwise), parameters, tables (every table used), query, returns ("one" | "maybe" | "many" | "page").
- Never name or compare the calling user: in scope "user" the engine adds the owner to every table, sets it on inserts, and checks that what is referred to belongs to the caller. Columns such as userId are left out.
- query is {"select": …}, {"insert": …}, {"update": …}, {"delete": …}, or {"steps": [{"name": …, "select"|"insert"|"update"|"delete": …, "expect": "rows"}], "answer": step}.
- select: from, as, joins [{"table","as","kind":"inner"|"left","on"}], columns {name: expression}, where, groupBy, having, distinct, orderBy [{"by","direction"}] or {"choices":{name: expression},"default":"name.desc"}, limit.
- An expression is "alias.column" or an object: {"count":"*"}, {"sum":e}, {"average":e}, {"min":e}, {"max":e} (each may have "where" and "distinct":true), {"median":e}, {"percentile":e,"at":0.95} (with "where", too), {"coalesce":[…]}, {"concat":[…]}, {"lower":e}, {"length":e}, {"add":[a,b]}, {"subtract":[a,b]}, {"multiply":[a,b]}, {"divide":[a,b],"to":decimals} (null where b is 0), {"round":e,"to":decimals}, {"truncate":e,"to":"minute"|"hour"|"day"|"week"|"month"|"year","in":"Europe/Berlin"} (text; a week is its Monday), {"before":e,"days":30} or {"after":e,"months":1} (minutes, hours, days, weeks, months, years), {"random":"t.id","seed":{"param":"seed"}} (to order by), {"window":"rowNumber"|"rank"|"denseRank"|"sum"|"lag"|"lead","of":e,"partitionBy":[…],"orderBy":[{"by","direction"}]} (only in columns of a select that is not a page; in a select with groups, the window runs over the groups, and its expressions are groups or aggregates; sum, lag and lead need "of"), {"case":[{"when":condition,"then":e}],"else":e}, {"test":condition}, {"many":select} (nested list), {"one":select} (nested object), {"scalar":select} (one value).
- A condition is {"column":"a.b", op: value} or {"expression":e, op: value}, with exactly one op of equals, notEquals, lessThan, atMost, moreThan, atLeast, between [a,b], in, notIn, contains, startsWith, endsWith, isNull; {"search":{"param":"text"},"in":"t"} finds the rows of t that contain these words (t lists its "search" columns); or a list (all hold), {"or":[…]}, {"not":c}, {"exists":select}.
- A value is {"param":"name"}, {"value":"text"}, {"column":"a.b"}, {"now":true}, {"newId":true}, a number, true or false. A bare text is not a value. "in" takes a list of texts, or {"param"} of a list parameter.
- A parameter: {"type":"string"|"integer"|"number"|"boolean"|"json"|"array","format":"id"|"date-time"|"date"|"int64"|"decimal"|"base64", "scale" (of a decimal), "minLength","maxLength","minimum","maximum","enum","items","optional":true,"default":…}. A condition on an optional parameter carries "ifGiven":"name".
- Column types are id, text, integer, bigint, decimal (exact; compare with {"value":"1.50"} or a parameter of format decimal), float, boolean, date, timestamp, bytes, json. A decimal column takes only decimals that fit: round products to its scale.
- "page": the engine adds the parameters limit, after and before, so declare neither them nor a limit; don't order by a column that may be null. "many" has an orderBy and usually a limit; a limit parameter has minimum 1 and a maximum of 1000 or less.
- insert: into, values {column: value}, returning. Set id with {"newId":true} and instants with {"now":true}. update: table, set, where, returning. delete: from, where, returning. Name the columns of the table that is written without an alias. A write's answer is its "returning".
- An insert of many: "each" names a list parameter whose items are objects ({"type":"array","items":{"type":"object","properties":{…}}}), and {"item":"field"} in "values" is a field of the item. "onConflict": {"columns":[…], "update":{column: value}} makes an upsert; without "update" an existing row stays unchanged.
- In steps, {"step":"name","column":"id"} is a column of an earlier step's first row, and {"changesOf":"name"} is the number of rows that an earlier step read or wrote. With "expect":"none" the query is refused if the step finds a row.
- A parameter may have "pattern" (no look-around, no back references) and "nullable":true; then the caller can send null, and null is stored. {"param":"name","ifGiven":true} in "set" leaves the column alone when the parameter was not sent.
- An update or delete needs a condition that applies in every call, such as one by id. To change every row, set "everyRow":true beside "where".
- Rows with deletedAt not null are in the trash: leave them out unless told otherwise.`;

const tablesText = (schema: Readonly<Record<string, TableDeclaration>>): string =>
  Object.entries(schema)
    .filter(([, { access }]) => access !== "internal")
    .map(([table, { access, columns, search }]) => {
      const owner = access === "internal" ? "" : access.owner;
      const list = Object.entries(columns)
        .filter(([name]) => name !== owner || name === "id")
        .map(
          ([name, { type, nullable, references }]) =>
            `${name} ${type}${nullable ? "?" : ""}${references === undefined ? "" : ` → ${references}`}`,
        );
      const words = search === undefined ? "" : ` (search: ${search.join(", ")})`;
      return `${table}: ${list.join(", ")}${words}`;
    })
    .join("\n");

/** Returns the texts of the `examplesMax` existing specs that have the most words in common with the wanted query. */
function nearestSpecs(
  { description, tables = [] }: WantedQuery,
  existing: ReadonlyMap<string, string>,
): readonly string[] {
  const wanted = wordsOf(`${description} ${tables.join(" ")}`);
  return [...existing]
    .map(([name, text]) => {
      const { summary = "" } = JSON.parse(text) as { summary?: string };
      const shared = [...wordsOf(`${name} ${summary}`)].filter((word) => wanted.has(word)).length;
      return { text, shared };
    })
    .sort((one, other) => other.shared - one.shared)
    .slice(0, examplesMax)
    .map(({ text }) => text);
}

const wordsOf = (text: string): ReadonlySet<string> =>
  new Set((text.toLowerCase().match(/[a-z]{3,}/g) ?? []).map((word) => word.replace(/s$/, "")));
