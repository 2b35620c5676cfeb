// Writes the compiled SQL of each query for review, in one file per query and engine beside the specs.
import { type QuerySet, type ReadyQuery, readyQuery } from "../run/query-set.ts";
import type { Query } from "../spec/parse/spec.ts";
import type { PagePart } from "../sql/select-sql.ts";
import { type DialectName, shapingParameters } from "../sql/statement.ts";
import { extraTextsOf } from "../sql/write-extras.ts";

export interface GoldenFile {
  /** The name of the file, for example "tracks.list.sqlite.golden.sql". */
  readonly name: string;
  readonly text: string;
}

export const dialectNames: readonly DialectName[] = ["sqlite", "postgres"];

export const goldenFilesOf = (set: QuerySet): readonly GoldenFile[] =>
  [...set.queries.values()].flatMap((query) =>
    dialectNames.map((dialect) => ({
      name: `${query.name}.${dialect}.golden.sql`,
      text: goldenTextOf(query, dialect),
    })),
  );

/**
 * Returns the SQL of representative shapes of the query: without any optional parameter, with all of them, in each
 * order, and in each direction of a page.
 */
export function goldenTextOf(query: Query, dialect: DialectName): string {
  const ready = readyQuery(query);
  const sections = representativeShapes(ready).map(({ title, given, order, page }) => {
    const values = { ...Object.fromEntries(given.map((name) => [name, true])), orderBy: order };
    const texts = ready.statements(dialect, values, page).flatMap(({ step, sql, extras }) => {
      const label = ready.plan.steps.length > 1 ? `-- step ${step}\n` : "";
      const more = extraTextsOf(extras).map((extra) => `-- ${extra.title}\n${written(extra.sql)}`);
      return [`${label}${written(sql)}`, ...more];
    });
    return `-- ${title}\n${texts.join("\n")}`;
  });
  return `-- ${query.name} (${query.method}, ${dialect}): ${query.summary}\n\n${sections.join("\n")}`;
}

const written = (sql: string): string => `${sql.replace(/[ \t]+$/gm, "")};\n`;

interface RepresentativeShape {
  readonly title: string;
  readonly given: readonly string[];
  readonly order: string;
  readonly page: PagePart;
}

export function representativeShapes(query: ReadyQuery): readonly RepresentativeShape[] {
  const optional = shapingParameters(query);
  const [first = "", ...otherOrders] = query.orderNames;
  const page: PagePart = query.page === undefined ? "whole" : "first";
  const plain = { given: [], order: first, page };
  const all =
    optional.length > 0 ? [{ ...plain, title: `with ${optional.join(", ")}`, given: optional }] : [];
  const ways: readonly PagePart[] = query.page === undefined ? [] : ["after", "before"];
  return [
    { ...plain, title: optional.length > 0 ? "without optional parameters" : "the only form" },
    ...all,
    ...ways.map((way) => ({ ...plain, title: `${way} a cursor`, page: way })),
    ...(query.page === undefined ? [] : [{ ...plain, title: "the row of a cursor", page: "row" as const }]),
    ...(query.page?.total === true
      ? [{ ...plain, title: "the number of all rows", given: optional, page: "total" as const }]
      : []),
    ...otherOrders.map((order) => ({ ...plain, title: `ordered by ${order}`, order })),
  ];
}
