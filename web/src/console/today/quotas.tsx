// Shows the quotas of the business and how much of each quota is used.
import { t } from "../../i18n/translate.ts";
import { call } from "../client.ts";
import { Loaded } from "../parts/loaded.tsx";
import { createReading } from "../parts/reading.ts";
import { Table } from "../parts/table.tsx";
import { bytes, number, time } from "../parts/words.ts";

const READ_EVERY_MS = 10_000;

interface Quota {
  readonly of: string;
  readonly metric: string;
  readonly per: string;
  readonly limit: number;
  readonly used: number;
  readonly left: number;
  readonly resetsAt: string;
}

export function Quotas() {
  const quotas = createReading(() => call<{ quotas: readonly Quota[] }>("GET", "/v1/limits"), {
    everyMs: READ_EVERY_MS,
  });
  return (
    <section aria-labelledby="quotas">
      <h3 id="quotas">{t("Quotas of the business")}</h3>
      <Loaded of={quotas}>
        {(found) => (
          <Table
            caption={t("Quotas")}
            rows={found().quotas}
            empty={t("The business has no quotas.")}
            columns={[
              { head: t("Quota"), cell: ({ metric, per }) => quotaOf(metric, per) },
              { head: t("Used"), cell: (one) => amount(one, one.used), isNumber: true },
              { head: t("Left"), cell: (one) => amount(one, one.left), isNumber: true },
              { head: t("Of"), cell: (one) => amount(one, one.limit), isNumber: true },
              { head: t("Counted from zero again"), cell: ({ resetsAt }) => time(resetsAt) },
            ]}
          />
        )}
      </Loaded>
    </section>
  );
}

const amount = ({ metric }: Quota, value: number): string =>
  metric.endsWith("Bytes") ? bytes(value) : number(value);

/** Returns the name of a quota, such as "pieces per day". Unknown quotas keep the API's words. */
export function quotaOf(metric: string, per: string): string {
  const names: Readonly<Record<string, string>> = {
    "generations day": t("pieces per day"),
    "generations month": t("pieces per month"),
    "seconds day": t("seconds of music per day"),
    "seconds month": t("seconds of music per month"),
    "storedBytes day": t("stored data per day"),
    "storedBytes month": t("stored data per month"),
    "servedBytes day": t("sent data per day"),
    "servedBytes month": t("sent data per month"),
    "queries day": t("queries per day"),
    "queries month": t("queries per month"),
  };
  return names[`${metric} ${per}`] ?? `${metric} ${per}`;
}
