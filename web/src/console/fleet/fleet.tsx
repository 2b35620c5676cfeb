// Shows the operator the state of all databases: their migrations, the latest backup, the erased businesses and the
// audit log.
import { Show } from "solid-js";
import { hrefOf } from "../address.ts";
import { call } from "../client.ts";
import { Latest } from "../parts/latest.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { createReading } from "../parts/reading.ts";
import { saveFile } from "../parts/save-file.ts";
import { Table } from "../parts/table.tsx";
import { time } from "../parts/words.ts";
import { Migrations } from "./migrations.tsx";
import { t } from "../../i18n/translate.ts";
import { said } from "../parts/said.ts";

interface Entry {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly business: string | null;
}

interface Erasure {
  readonly businessId: string;
  readonly requestedAt: string;
  readonly completedAt: string | null;
  readonly receipt: string | null;
}

export default function Fleet() {
  return (
    <section aria-labelledby="fleet">
      <h2 id="fleet">{t("Databases")}</h2>
      <Migrations />
      <Backup />
      <Erasures />
      <Audit />
    </section>
  );
}

function Backup() {
  const latest = createReading(() =>
    call<{ items: readonly Entry[] }>("GET", "/v1/audit?action=backup.make&limit=1"),
  );
  const AGE_MS_MAX = 2 * 86_400_000;
  return (
    <>
      <h3>{t("Backup")}</h3>
      <Loaded of={latest}>
        {(found) => (
          <Show
            when={found().items[0]}
            fallback={
              <p class="bad">
                {said(t("There is no record of a backup. Run {command}."), {
                  command: () => <code>{"bun rondo backup <folder>"}</code>,
                })}
              </p>
            }
          >
            {(entry) => (
              <p classList={{ bad: Date.now() - Date.parse(entry().at) > AGE_MS_MAX }}>
                {said(t("The latest backup was made at {time} in {folder}."), {
                  time: () => time(entry().at),
                  folder: () => <code>{entry().subject}</code>,
                })}
              </p>
            )}
          </Show>
        )}
      </Loaded>
      <p class="empty">
        {t("Backups that another tool makes, such as those of a Postgres server, are not known here.")}
      </p>
    </>
  );
}

function Erasures() {
  const list = createReading(() => call<{ items: readonly Erasure[] }>("GET", "/v1/erasures"));
  return (
    <>
      <h3>{t("Erased businesses")}</h3>
      <Loaded of={list}>
        {(found) => (
          <Table
            caption={t("Erased businesses")}
            rows={found().items}
            empty={t("No business was erased.")}
            columns={[
              { head: t("Business"), cell: ({ businessId }) => <code>{businessId}</code> },
              { head: t("Requested"), cell: ({ requestedAt }) => time(requestedAt) },
              { head: t("Erased"), cell: ({ completedAt }) => time(completedAt) || t("not yet") },
              {
                head: t("Receipt"),
                cell: (one) => (
                  <Show when={one.receipt}>
                    <button
                      class="link"
                      type="button"
                      onClick={() => saveFile(`erasure-${one.businessId}.json`, one)}
                    >
                      {t("Save")}
                    </button>
                  </Show>
                ),
              },
            ]}
          />
        )}
      </Loaded>
    </>
  );
}

function Audit() {
  const list = createReading(() => call<{ items: readonly Entry[] }>("GET", "/v1/audit?limit=100"));
  return (
    <>
      <h3>{t("Changes")}</h3>
      <Loaded of={list}>
        {(found) => (
          <>
            <Table
              caption={t("Changes")}
              rows={found().items}
              empty={t("Nothing was changed yet.")}
              columns={[
                { head: t("Change"), cell: ({ action }) => <code>{action}</code> },
                { head: t("At"), cell: ({ at }) => time(at) },
                { head: t("By"), cell: ({ actor }) => <code>{actor}</code> },
                {
                  head: t("Subject"),
                  cell: ({ business, subject }) =>
                    business === null ? (
                      <code>{subject}</code>
                    ) : (
                      <a class="name" href={hrefOf("businesses", business)}>
                        {business}
                      </a>
                    ),
                },
              ]}
            />
            <Latest items={found().items} limit={100} />
          </>
        )}
      </Loaded>
    </>
  );
}
