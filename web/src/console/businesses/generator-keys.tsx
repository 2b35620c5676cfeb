// Shows and changes which generators a business is allowed to use. Also sets and removes the business's own
// keys and addresses for generators. The list shows only whether a key and an address are set.
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
import { t } from "../../i18n/translate.ts";

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
    notice(t("The generators of the business are changed."));
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
      title: t("Remove the business’s own key and address?"),
      text: t("Generations that begin from now on use the operator’s key and address."),
      name: generator,
      does: t("Remove them"),
      act: () => call("DELETE", `${path()}/generator-keys/${encodeURIComponent(generator)}`).then(list.again),
    });

  return (
    <>
      <h3>{t("Generators")}</h3>
      <Form does={t("Change the generators")} keeps send={allow}>
        <Field
          label={t("The generators that the business is allowed to use")}
          name="names"
          value={props.business.limits.generators?.join(", ")}
          hint={t(
            "Names, separated by commas; the first is the default. If the field is empty, the business may use all of them.",
          )}
        />
      </Form>
      <h3>{t("The business’s own keys and addresses")}</h3>
      <Show
        when={names().length > 1}
        fallback={
          <p class="empty">
            {t("A business can have its own keys only if RONDO_GENERATORS names several generators.")}
          </p>
        }
      >
        <Form does={t("Set")} send={set}>
          <Choice label={t("Generator")} name="generator" of={names()} />
          <Field label={t("Key")} name="key" type="password" />
          <Field label={t("Address")} name="url" placeholder="https://" />
        </Form>
      </Show>
      <Loaded of={list}>
        {(found) => (
          <Table
            caption={t("Own keys and addresses")}
            rows={found().items}
            empty={t("The business uses the operator’s keys and addresses.")}
            columns={[
              { head: t("Generator"), cell: ({ generator }) => generator },
              { head: t("Own key"), cell: ({ hasKey }) => (hasKey ? t("yes") : t("no")) },
              { head: t("Own address"), cell: ({ hasUrl }) => (hasUrl ? t("yes") : t("no")) },
              { head: t("Changed"), cell: ({ changedAt }) => time(changedAt) },
              {
                head: t("Actions"),
                cell: (one) => (
                  <button class="link danger" type="button" onClick={() => remove(one)}>
                    {t("Remove…")}
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
