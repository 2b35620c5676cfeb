// Shows the generators and their states.
import { call } from "../client.ts";
import { Loaded } from "../parts/loaded.tsx";
import { createReading } from "../parts/reading.ts";
import { Table } from "../parts/table.tsx";
import { t } from "../../i18n/translate.ts";
import { said } from "../parts/said.ts";

interface Health {
  readonly name: string;
  readonly status: string;
  readonly free: number | null;
  readonly slots: number | null;
  readonly queued: number | null;
  readonly etaSeconds: number | null;
  readonly reason: string | null;
}

const words = (): Readonly<Record<string, string>> => ({
  ready: t("ready"),
  starting: t("is starting"),
  busy: t("busy"),
  local: t("ready: it runs in the worker"),
  failed: t("does not answer"),
});

export default function Generators() {
  const list = createReading(() => call<{ items: readonly Health[] }>("GET", "/v1/generators/health"), {
    everyMs: 10_000,
  });
  return (
    <section aria-labelledby="generators">
      <h2 id="generators">{t("Generators")}</h2>
      <Loaded of={list}>
        {(found) => (
          <Table
            caption={t("Generators")}
            rows={found().items}
            empty={t("There are no generators.")}
            columns={[
              { head: t("Generator"), cell: ({ name }) => <code>{name}</code> },
              { head: t("State"), cell: ({ status }) => <span data-state={status}>{words()[status]}</span> },
              {
                head: t("Free places"),
                cell: ({ free, slots }) =>
                  free === null ? "" : t("{free} of {all}", { free, all: slots ?? "?" }),
                isNumber: true,
              },
              { head: t("Waiting there"), cell: ({ queued }) => queued ?? "", isNumber: true },
              {
                head: t("Begins a new piece in"),
                cell: ({ etaSeconds }) =>
                  etaSeconds === null ? "" : t("{n} s", { n: Math.ceil(etaSeconds) }),
                isNumber: true,
              },
              { head: t("Reason"), cell: ({ reason }) => reason ?? "" },
            ]}
          />
        )}
      </Loaded>
      <p class="empty">
        {said(
          t(
            "The settings {one} and {several} name the generators. The page of a business shows which generators the business may use, and with which keys.",
          ),
          {
            one: () => <code>RONDO_GENERATOR_URL</code>,
            several: () => <code>RONDO_GENERATORS</code>,
          },
        )}
      </p>
    </section>
  );
}
