// Writes the SQL for the search index of a table's texts. On SQLite, the index is an FTS5 table that triggers fill. On
// Postgres, it is a GIN index.
import { postgresOwnedWordSql, postgresVectorBody, postgresWordsSql } from "./search-words.ts";

export interface SearchIndex {
  readonly table: string;
  /** The column that contains the owner of a row. */
  readonly owner: string;
  readonly columns: readonly string[];
}

/** The prefix of the names of SQLite's index tables. No other table is allowed to have a name with this prefix. */
export const searchPrefix = "rondo_search_";
/** The Postgres function that returns the words of a row. */
export const searchFunction = "rondo_search_words";
/**
 * The Postgres function that `searchFunction` calls for texts with letters beyond ASCII or with very long words. Its
 * name includes the schema "public", because the search path is empty in two cases: while Postgres 17 builds an index,
 * and while a dump is restored.
 */
const anyTextFunction = `public.${searchFunction}_of_any_text`;

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const searchTableOf = (table: string): string => `${searchPrefix}${table}`;
/** The name of the SQLite table that contains the id of each row of the index. */
export const searchIdsOf = (table: string): string => `${searchTableOf(table)}_ids`;

/** Returns an SQL expression that joins the texts in a row's columns. `column` quotes and qualifies a column's name. */
export const searchedText = (columns: readonly string[], column: (name: string) => string): string =>
  columns.map((name) => `coalesce(${column(name)}, '')`).join(" || ' ' || ");

/** Returns the SQL that creates the index and adds existing rows. This SQL fails if the index exists already. */
export const createSearchIndex = (dialect: "sqlite" | "postgres", index: SearchIndex): readonly string[] =>
  dialect === "sqlite" ? createOnSqlite(index) : createOnPostgres(index);

/** Returns the SQL that drops the index if it exists. On Postgres, the functions of the index are kept. */
export function dropSearchIndex(dialect: "sqlite" | "postgres", { table }: SearchIndex): readonly string[] {
  const name = quoted(searchTableOf(table));
  if (dialect === "postgres") return [`drop index if exists ${name}`];
  const triggers = ["insert", "update", "delete"].map(
    (event) => `drop trigger if exists ${quoted(`${searchTableOf(table)}_${event}`)}`,
  );
  return [...triggers, `drop table if exists ${name}`, `drop table if exists ${quoted(searchIdsOf(table))}`];
}

/**
 * The index contains each word of a row twice: alone, and after a hash of the row's owner (`ownedWords` in
 * search-words.ts). The index contains no texts, and no positions of words. A second table contains the ids of the
 * rows.
 */
function createOnSqlite({ table, owner, columns }: SearchIndex): readonly string[] {
  const name = quoted(searchTableOf(table));
  const ids = quoted(searchIdsOf(table));
  const text = (row: string) => searchedText(columns, (column) => row + quoted(column));
  const insert = `insert into ${name} (rowid, "words", "owned")`;
  const words = (row: string) =>
    `"place", rondo_words(${text(row)}), rondo_owned_words(${row}${quoted(owner)}, ${text(row)})`;
  const trigger = (event: string, when: string, body: readonly string[]) =>
    `create trigger ${quoted(`${searchTableOf(table)}_${event}`)} after ${when} on ${quoted(table)} begin ${body.join("; ")}; end`;
  const remove = `delete from ${name} where rowid = (select "place" from ${ids} where "id" = old."id")`;
  const add = `${insert} select ${words("new.")} from ${ids} where "id" = new."id"`;
  const changed = [...new Set(["id", owner, ...columns])].map(quoted).join(", ");
  return [
    `create table ${ids} ("place" integer primary key, "id" text not null unique)`,
    `create virtual table ${name} using fts5("words", "owned", content='', contentless_delete=1, detail=column, tokenize='ascii')`,
    trigger("insert", "insert", [`insert into ${ids} ("id") values (new."id")`, add]),
    trigger("update", `update of ${changed}`, [
      remove,
      `update ${ids} set "id" = new."id" where "id" = old."id"`,
      add,
    ]),
    trigger("delete", "delete", [remove, `delete from ${ids} where "id" = old."id"`]),
    `insert into ${ids} ("id") select "id" from ${quoted(table)}`,
    `${insert} select ${words("one.")} from ${quoted(table)} as one join ${ids} as two on two."id" = one."id"`,
  ];
}

function createOnPostgres({ table, owner, columns }: SearchIndex): readonly string[] {
  const words = `${searchFunction}(${quoted(owner)}, ${searchedText(columns, quoted)})`;
  return [
    ...createSearchFunctions(),
    `create index ${quoted(searchTableOf(table))} on ${quoted(table)} using gin (${words})`,
  ];
}

/** Returns the SQL that creates or replaces the functions of the index on Postgres. */
export function createSearchFunctions(): readonly string[] {
  // The functions are written in two languages (SQL and PL/pgSQL). Both declare the same cost, so that Postgres plans a
  // search in the same way for both.
  const head = (name: string, language: string) =>
    `create or replace function ${name}(owner text, content text) returns tsvector language ${language} immutable parallel safe cost 20 as $function$`;
  return [
    `${head(anyTextFunction, "sql")}
  select array_to_tsvector(words || array(select ${postgresOwnedWordSql("owner", "word")} from unnest(words) as word))
  from (select ${postgresWordsSql("content")} as words) as found
$function$`,
    `${head(`public.${searchFunction}`, "plpgsql")}
${postgresVectorBody(anyTextFunction)}
$function$`,
  ];
}
