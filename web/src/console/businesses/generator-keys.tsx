// Shows which generators a business may use, and its own keys and addresses for them.
import { notice } from "../../shell/notices.ts";
import { call } from "../client.ts";
import { confirmByName } from "../parts/confirm.tsx";
import { Choice, Field, Form, type Values } from "../parts/form.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { createReading } from "../parts/reading.ts";
import { Table } from "../parts/table.tsx";
import { time } from "../parts/words.ts";
import { Show } from "solid-js";
import type { OfBusiness } from "./business.ts";

interface OwnKey {
  readonly generator: string;
  readonly hasKey: boolean;
  readonly hasUrl: boolean;
  readonly changedAt: string;
}

export default function GeneratorKeys(props: OfBusiness) {
  const path = () => `/v1/businesses/${props.of}`;
  const list = createReading(() => call<{ items: readonly OwnKey[] }>("GET", `${path()}/generator-keys`));
  const all = createReading(() =>
    call<{ items: readonly { readonly name: string }[] }>("GET", "/v1/generators/health"),
  );
  const names = () => all.value()?.items.map(({ name }) => name) ?? [];

  async function allow({ names: text = "" }: Values) {
    const chosen = text.split(/[\s,]+/).filter(Boolean);
    await call("PATCH", path(), { generators: chosen.length > 0 ? chosen : null });
    notice("The generators of the business are changed.");
    await props.onChange();
  }
  async function set({ generator = "", key = "", url = "" }: Values) {
    await call("PUT", `${path()}/generator-keys/${encodeURIComponent(generator)}`, {
      ...(key ? { key } : {}),
      ...(url ? { url } : {}),
    });
    await list.again();
  }
  const remove = ({ generator }: OwnKey) =>
    confirmByName({
      title: "Remove the business’s own key and address?",
      text: "Generations that begin from now on use those of the operator.",
      name: generator,
      does: "Remove them",
      act: () => call("DELETE", `${path()}/generator-keys/${encodeURIComponent(generator)}`).then(list.again),
    });

  return (
    <>
      <h3>Generators</h3>
      <Form does="Change" keeps send={allow}>
        <Field
          label="The generators that it may use"
          name="names"
          value={props.business.limits.generators?.join(", ")}
          hint="Names with commas, the default first; all of them without any."
        />
      </Form>
      <h3>Its own keys and addresses</h3>
      <Show
        when={names().length > 1}
        fallback={
          <p class="empty">A business can have keys of its own where RONDO_GENERATORS names generators.</p>
        }
      >
        <Form does="Set" send={set}>
          <Choice label="Generator" name="generator" of={names()} />
          <Field label="Key" name="key" type="password" />
          <Field label="Address" name="url" placeholder="https://" />
        </Form>
      </Show>
      <Loaded of={list}>
        {(found) => (
          <Table
            caption="Own keys and addresses"
            rows={found().items}
            empty="The business uses the operator’s keys and addresses."
            columns={[
              { head: "Generator", cell: ({ generator }) => generator },
              { head: "Own key", cell: ({ hasKey }) => (hasKey ? "yes" : "no") },
              { head: "Own address", cell: ({ hasUrl }) => (hasUrl ? "yes" : "no") },
              { head: "Changed", cell: ({ changedAt }) => time(changedAt) },
              {
                head: "Actions",
                cell: (one) => (
                  <button class="link danger" type="button" onClick={() => remove(one)}>
                    Remove…
                  </button>
                ),
              },
            ]}
          />
        )}
      </Loaded>
    </>
  );
}
