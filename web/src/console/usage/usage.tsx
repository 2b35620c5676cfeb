// Shows what a business used on each day, in all or by user.
import { createSignal } from "solid-js";
import { at, call } from "../client.ts";
import { Choice, Field, Form, type Values } from "../parts/form.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { createReading } from "../parts/reading.ts";
import { Table } from "../parts/table.tsx";
import { bytes, number } from "../parts/words.ts";

interface Used {
  readonly day: string;
  readonly userId: string | null;
  readonly generations: number;
  readonly seconds: number;
  readonly storedBytes: number;
  readonly servedBytes: number;
  readonly queries: number;
}

export default function Usage(props: { readonly of?: string }) {
  const [search, setSearch] = createSignal<Values>({});
  const found = createReading(
    () =>
      call<{ items: readonly Used[]; from: string; to: string }>("GET", at("/v1/usage", props.of, search())),
    { when: search },
  );
  return (
    <section aria-labelledby="usage">
      <h2 id="usage">Usage</h2>
      <Form does="Show" keeps send={async (values) => void setSearch(values)}>
        <Field label="First day" name="from" type="date" />
        <Field label="Last day" name="to" type="date" />
        <Choice
          label="Rows"
          name="by"
          of={[
            ["day", "by day"],
            ["user", "by user and day"],
          ]}
        />
        <Field label="User" name="userId" />
      </Form>
      <Loaded of={found}>
        {(usage) => (
          <Table
            caption={`Usage from ${usage().from} to ${usage().to}`}
            rows={usage().items}
            empty={`Nothing was used from ${usage().from} to ${usage().to}.`}
            columns={[
              { head: "Day (UTC)", cell: ({ day }) => day },
              { head: "User", cell: ({ userId }) => userId ?? "all" },
              { head: "Pieces", cell: ({ generations }) => number(generations), isNumber: true },
              { head: "Seconds of music", cell: ({ seconds }) => number(seconds), isNumber: true },
              { head: "Stored", cell: ({ storedBytes }) => bytes(storedBytes), isNumber: true },
              { head: "Sent", cell: ({ servedBytes }) => bytes(servedBytes), isNumber: true },
              { head: "Queries", cell: ({ queries }) => number(queries), isNumber: true },
            ]}
          />
        )}
      </Loaded>
    </section>
  );
}
