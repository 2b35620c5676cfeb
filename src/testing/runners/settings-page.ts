// Generates the tables in docs/settings.md from settings.ts. Run this file with
// `bun src/testing/runners/settings-page.ts`.
import { updateFile } from "./update-file.ts";
import { markdownTable, withTable } from "../../markdown-table.ts";
import { type Setting, settingGroups, settings, settingsIn } from "../../config/settings.ts";

export const settingsPageFile = new URL("../../../docs/settings.md", import.meta.url);

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
  return `A secret can also be in a file, such as one that Docker or Kubernetes mounts. Add \`_FILE\` to the name of the variable, and set it to the path of the file: \`RONDO_OPERATOR_KEY_FILE=/run/secrets/operator-key\` instead of \`RONDO_OPERATOR_KEY\`. This works for ${names.slice(0, -1).join(", ")} and ${names.at(-1)}. Rondo does not start if both variables are set, or if the file is empty or can't be read.`;
}

if (import.meta.main)
  await updateFile(settingsPageFile, settingsPageOf(await Bun.file(settingsPageFile).text()));
