// Generates the tables in docs/settings.md from settings.ts. Run it with `bun src/config/settings-page.ts`.
import { markdownTable, withTable } from "../markdown-table.ts";
import { type Setting, settingGroups, settings, settingsIn } from "./settings.ts";

export const settingsPageFile = new URL("../../docs/settings.md", import.meta.url);

/** Returns the page with new tables. The text around the tables stays the same. */
export const settingsPageOf = (page: string): string => withTable(page, tablesText());

function tablesText(): string {
  const groups = Object.entries(settingGroups).map(
    ([title, group]) => `**${title}**\n\n${tableOf(settingsIn(group))}`,
  );
  return [...groups, secretsText()].join("\n\n");
}

const tableOf = (rows: readonly Setting<unknown>[]): string =>
  markdownTable([
    ["Variable", "Default", "Meaning"],
    ...rows.map((one) => [`\`${one.variable}\``, defaultOf(one), one.meaning]),
  ]);

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
