// Shows all `rondo` commands in two tables. The first table lists the commands that run only on the
// server's machine. The second table lists the other commands, and for each command the view of the
// console that does the same.
import { Table } from "../parts/table.tsx";
import { places } from "./places.ts";
import { t } from "../../i18n/translate.ts";

export default function Commands() {
  return (
    <section aria-labelledby="commands">
      <h2 id="commands">{t("Commands")}</h2>
      <p class="empty">
        {t(
          "These commands need the server’s files, keys or settings, so they run on its machine, beside the running server.",
        )}
      </p>
      <Table
        caption={t("Commands on the machine")}
        rows={places().filter(({ view }) => view === undefined)}
        empty=""
        columns={[
          { head: t("Command"), cell: ({ command }) => <code>bun rondo {command}</code> },
          { head: t("Does"), cell: ({ does }) => does },
        ]}
      />
      <h3>{t("Commands with a view")}</h3>
      <Table
        caption={t("Commands with a view")}
        rows={places().filter(({ view }) => view !== undefined)}
        empty=""
        columns={[
          { head: t("Command"), cell: ({ command }) => <code>bun rondo {command}</code> },
          { head: t("Does"), cell: ({ does }) => does },
          { head: t("Here"), cell: ({ view }) => view },
        ]}
      />
    </section>
  );
}
