// Writes the tables of docs/settings.md from the table of settings: `bun src/config/settings-page.ts`.
import { type Setting, settingGroups, settings, settingsIn } from "./settings.ts";

export const settingsPageFile = new URL("../../docs/settings.md", import.meta.url);

/** The page with its tables written anew; the text around them stays. */
export const settingsPageOf = (page: string): string =>
  page.replace(
    /(<!-- table: [^\n]*-->\n)[\s\S]*?(\n<!-- end -->)/,
    (_, from, to) => `${from}\n${tablesText()}\n${to}`,
  );

function tablesText(): string {
  const groups = Object.entries(settingGroups).map(
    ([title, group]) => `**${title}**\n\n${tableOf(settingsIn(group))}`,
  );
  return [...groups, secretsText()].join("\n\n");
}

function tableOf(rows: readonly Setting<unknown>[]): string {
  const cells = [
    ["Variable", "Default", "Meaning"],
    ...rows.map((one) => [`\`${one.variable}\``, defaultOf(one), one.meaning]),
  ];
  const widths = [0, 1, 2].map((column) =>
    Math.max(...cells.map((row) => Bun.stringWidth(row[column] ?? ""))),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = line(widths.map((width) => "-".repeat(width)));
  return [line(cells[0] ?? []), rule, ...cells.slice(1).map(line)].join("\n");
}

const defaultOf = ({ fallback, unset, kind: { unit } }: Setting<unknown>): string =>
  fallback === undefined ? unset : [`\`${fallback}\``, unit].filter(Boolean).join(" ");

function secretsText(): string {
  const names = settingsIn(settings).flatMap(({ variable, isSecret }) =>
    isSecret ? [`\`${variable}\``] : [],
  );
  return `A secret may be in a file instead, as Docker and Kubernetes mount them: \`RONDO_OPERATOR_KEY_FILE=/run/secrets/operator-key\` in the place of \`RONDO_OPERATOR_KEY\`. This holds for ${names.slice(0, -1).join(", ")} and ${names.at(-1)}. Both variables together, and a file that can't be read or is empty, stop the start.`;
}

if (import.meta.main)
  await Bun.write(settingsPageFile, settingsPageOf(await Bun.file(settingsPageFile).text()));
