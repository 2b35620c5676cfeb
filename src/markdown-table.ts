// Writes tables in Markdown. The columns are aligned in the same way as the formatter aligns columns.

/** `rows`: the head first, then a list of cells for each row. The caller has to escape each "|" in a cell. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const widths = head.map((_, column) => Math.max(...rows.map((row) => Bun.stringWidth(row[column] ?? ""))));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, column) => padded(row[column] ?? "", width)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}

const padded = (cell: string, width: number): string => cell + " ".repeat(width - Bun.stringWidth(cell));

/**
 * Returns the page with `table` between the first `<!-- table… -->` and the next `<!-- end -->`. The other text stays
 * unchanged. A page without these two comments is returned unchanged.
 */
export const withTable = (page: string, table: string): string =>
  page.replace(
    /(<!-- table[^\n]*-->\n)[\s\S]*?(\n<!-- end -->)/,
    (_, from, to) => `${from}\n${table}\n${to}`,
  );
