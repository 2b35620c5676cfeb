// The index of a table's texts for the search: an FTS5 table that triggers fill on SQLite, and a GIN index on Postgres.
import { postgresOwnedWordSql, postgresWordsSql } from "./search-words.ts";

export interface SearchIndex {
  readonly table: string;
  /** The column that names the owner of a row. */
  readonly owner: string;
  readonly columns: readonly string[];
}

/** The tables of SQLite that hold an index have names that begin so. No other table may. */
export const searchPrefix = "rondo_search_";
/** The function of Postgres that gives the words of a row. */
export const searchFunction = "rondo_search_words";

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const searchTableOf = (table: string): string => `${searchPrefix}${table}`;

/** The texts of a row as one; `column` quotes and qualifies a name. */
export const searchedText = (columns: readonly string[], column: (name: string) => string): string =>
  columns.map((name) => `coalesce(${column(name)}, '')`).join(" || ' ' || ");

/** The SQL that creates the index, for rows that exist already, too. May be run again on Postgres only after `dropSearchIndex`. */
export const createSearchIndex = (dialect: "sqlite" | "postgres", index: SearchIndex): readonly string[] =>
  dialect === "sqlite" ? createOnSqlite(index) : createOnPostgres(index);

export function dropSearchIndex(dialect: "sqlite" | "postgres", { table }: SearchIndex): readonly string[] {
  const name = quoted(searchTableOf(table));
  if (dialect === "postgres") return [`drop index if exists ${name}`];
  const triggers = ["insert", "update", "delete"].map(
    (event) => `drop trigger if exists ${quoted(`${searchTableOf(table)}_${event}`)}`,
  );
  return [...triggers, `drop table if exists ${name}`];
}

/**
 * The index keeps no text and no positions. A row is found by the hash of its id, by its words, and by the words of its
 * owner (`ownedWords`).
 */
function createOnSqlite({ table, owner, columns }: SearchIndex): readonly string[] {
  const name = quoted(searchTableOf(table));
  const text = (row: string) => searchedText(columns, (column) => row + quoted(column));
  const values = (row: string) =>
    `rondo_md5(${row}"id"), rondo_words(${text(row)}), rondo_owned_words(${row}${quoted(owner)}, ${text(row)}), ${row}"id"`;
  const insert = `insert into ${name} ("key", "words", "owned", "id")`;
  const trigger = (event: string, when: string, body: string) =>
    `create trigger ${quoted(`${searchTableOf(table)}_${event}`)} after ${when} on ${quoted(table)} begin ${body} end`;
  const remove = `delete from ${name} where rowid in (select rowid from ${name} where ${name} match 'key:' || rondo_md5(old."id"));`;
  const add = `${insert} values (${values("new.")});`;
  const changed = [...new Set(["id", owner, ...columns])].map(quoted).join(", ");
  return [
    `create virtual table ${name} using fts5("key", "words", "owned", "id" unindexed, content='', contentless_delete=1, contentless_unindexed=1, detail=column, tokenize='ascii')`,
    trigger("insert", "insert", add),
    trigger("update", `update of ${changed}`, `${remove} ${add}`),
    trigger("delete", "delete", remove),
    `${insert} select ${values("")} from ${quoted(table)}`,
  ];
}

function createOnPostgres({ table, owner, columns }: SearchIndex): readonly string[] {
  const words = `${searchFunction}(${quoted(owner)}, ${searchedText(columns, quoted)})`;
  return [
    `create or replace function ${searchFunction}(owner text, content text) returns tsvector language sql immutable parallel safe as $function$
  select array_to_tsvector(words || array(select ${postgresOwnedWordSql("owner", "word")} from unnest(words) as word))
  from (select ${postgresWordsSql("content")} as words) as found
$function$`,
    `create index ${quoted(searchTableOf(table))} on ${quoted(table)} using gin (${words})`,
  ];
}
