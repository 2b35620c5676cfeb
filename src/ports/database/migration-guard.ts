// Refuses raw SQL in a migration if the SQL would begin or end a transaction, doesn't belong in a
// transaction, or contains several statements. Without this check, a failed migration could leave a
// part of its changes in the database.
import type { KyselyPlugin, RootOperationNode } from "kysely";
import { AppError } from "../../errors.ts";

/**
 * Returns a plugin for the Kysely instance of a migration. The errors of the plugin (INTERNAL) contain the
 * beginning of the refused statement.
 */
export const migrationGuard = (): KyselyPlugin => ({
  transformQuery({ node }) {
    if (node.kind === "RawNode") refuseUnsafe(textOf(node));
    return node;
  },
  transformResult: async ({ result }) => result,
});

const textOf = (node: RootOperationNode & { readonly kind: "RawNode" }): string =>
  node.sqlFragments.join("?");

/** Matches statements that begin a transaction. */
const beginning = /^(begin|start\s+transaction)\b/i;
/** Matches statements that end a transaction. */
const unsafe = /^(commit|end|abort|rollback(?!.*\bto\b)|prepare\s+transaction)\b/i;
/**
 * Matches statements that don't belong in a transaction. SQLite refuses VACUUM there and ignores
 * some pragmas. ATTACH and DETACH change the connection, not the database. Postgres itself refuses
 * statements that are forbidden in a transaction, such as CREATE INDEX CONCURRENTLY.
 */
const ignored = /^(pragma|attach|detach|vacuum)\b/i;

const inTransaction = "Remove this statement: each migration already runs in a transaction.";

export function refuseUnsafe(text: string): void {
  const [first = "", ...more] = statementsOf(text);
  // The body of a SQLite trigger contains semicolons.
  if (more.length > 0 && !(/^create\s.*\btrigger\b/is.test(first) && /^end$/i.test(more.at(-1) ?? "")))
    throw refused(
      text,
      "has several statements, of which SQLite would run only the first",
      "Run each statement with its own execute().",
    );
  if (beginning.test(first)) throw refused(text, "would begin another transaction", inTransaction);
  if (unsafe.test(first)) throw refused(text, "would end the transaction of the migration", inTransaction);
  if (ignored.test(first))
    throw refused(
      text,
      "can't run within the transaction of a migration",
      "Remove this statement. Foreign keys are checked only at the end of the migrations, so a table can be dropped and created again without a pragma.",
    );
}

/** Returns the statements without comments, with empty quotes in place of quoted strings and names. */
function statementsOf(text: string): readonly string[] {
  return text
    .replace(/--[^\n]*|\/\*[\s\S]*?\*\/|\$(\w*)\$[\s\S]*?\$\1\$|'(?:[^']|'')*'|"(?:[^"]|"")*"/g, (quoted) =>
      /^(--|\/\*)/.test(quoted) ? " " : "''",
    )
    .split(";")
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
}

const charactersShown = 80;

const refused = (text: string, why: string, hint: string): AppError =>
  new AppError("INTERNAL", `The statement "${text.trim().slice(0, charactersShown)}" ${why}.`, { hint });
