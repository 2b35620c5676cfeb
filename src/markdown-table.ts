// Writes a table in Markdown, its columns aligned as the formatter aligns them.

/** `rows`: the head first, then a list of cells for each row. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const widths = head.map((_, column) => Math.max(...rows.map((row) => Bun.stringWidth(row[column] ?? ""))));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, column) => padded(row[column] ?? "", width)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}

const padded = (cell: string, width: number): string => cell + " ".repeat(width - Bun.stringWidth(cell));

/** Returns the page with `table` between `<!-- table… -->` and `<!-- end -->`. The other text stays unchanged. */
export const withTable = (page: string, table: string): string =>
  page.replace(
    /(<!-- table[^\n]*-->\n)[\s\S]*?(\n<!-- end -->)/,
    (_, from, to) => `${from}\n${table}\n${to}`,
  );
