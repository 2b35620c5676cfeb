// Shows where each command has its place in the console, and which commands run on the server's machine.
import { Table } from "../parts/table.tsx";
import { places } from "./places.ts";

export default function Commands() {
  return (
    <section aria-labelledby="commands">
      <h2 id="commands">Commands</h2>
      <p class="empty">
        These commands need the server’s files, keys or settings, so they run on its machine, beside the
        running server.
      </p>
      <Table
        caption="Commands on the machine"
        rows={places.filter(({ view }) => view === undefined)}
        empty=""
        columns={[
          { head: "Command", cell: ({ command }) => <code>bun rondo {command}</code> },
          { head: "Does", cell: ({ does }) => does },
        ]}
      />
      <h3>Commands with a view</h3>
      <Table
        caption="Commands with a view"
        rows={places.filter(({ view }) => view !== undefined)}
        empty=""
        columns={[
          { head: "Command", cell: ({ command }) => <code>bun rondo {command}</code> },
          { head: "Does", cell: ({ does }) => does },
          { head: "Here", cell: ({ view }) => view },
        ]}
      />
    </section>
  );
}
