// Shows and changes the limits and quotas of a business.
import { For } from "solid-js";
import { notice } from "../../shell/notices.ts";
import { call } from "../client.ts";
import { Field, Form, type Values } from "../parts/form.tsx";
import { said } from "../parts/said.ts";
import { quotaOf } from "../today/quotas.tsx";
import type { OfBusiness } from "./business.ts";
import { t } from "../../i18n/translate.ts";

const rates = () =>
  [
    ["writes", t("Changes")],
    ["generations", t("Requests of music")],
    ["business", t("All calls of the business")],
    ["address", t("Calls of one address")],
  ] as const;
const metrics = ["generations", "seconds", "storedBytes", "servedBytes", "queries"] as const;
const whose = () =>
  [
    ["business", t("The whole business")],
    ["user", t("Each user")],
    ["guest", t("Each guest (the limit of users does not apply to guests)")],
  ] as const;

export default function LimitsView(props: OfBusiness) {
  const limits = () => props.business.limits;
  const patch = async (changes: object) => {
    await call("PATCH", `/v1/businesses/${props.of}`, { limits: changes });
    notice(t("The limits are changed. Every process applies the change within five seconds."));
    await props.onChange();
  };
  const rateOf = (name: string) => {
    const rate = limits().rates?.[name];
    return rate === undefined ? "" : rate === null ? "off" : `${rate.quota}/${rate.windowSeconds}s`;
  };
  const changeRates = (values: Values) =>
    patch({
      rates: Object.fromEntries(rates().map(([name]) => [name, parseRate(values[name] ?? "")])),
      concurrentGenerations: parseCount(values.pieces ?? ""),
      concurrentGenerationsPerUser: values.own?.trim() ? Number(values.own) : "default",
    });
  const changeQuotas = (of: string, values: Values) =>
    patch({
      quotas: {
        [of]: Object.fromEntries(
          metrics.map((metric) => [
            metric,
            { day: amount(values[`${metric} day`]), month: amount(values[`${metric} month`]) },
          ]),
        ),
      },
    });

  return (
    <>
      <h3>{t("Limits")}</h3>
      <p class="empty">
        {said(
          t(
            "Write a limit such as {example}, which means 600 calls in 60 seconds. Write {off} for no limit. If a field is empty, the limit from the server’s settings applies.",
          ),
          { example: () => <code>600/60s</code>, off: () => <code>off</code> },
        )}
      </p>
      <Form does={t("Change the limits")} keeps send={changeRates}>
        <For each={rates()}>
          {([name, label]) => <Field label={label} name={name} value={rateOf(name)} />}
        </For>
        <Field
          label={t("Pieces at a time")}
          name="pieces"
          value={limits().concurrentGenerations === null ? "off" : (limits().concurrentGenerations ?? "")}
        />
        <Field
          label={t("Pieces at a time for each user")}
          name="own"
          type="number"
          min={0}
          value={limits().concurrentGenerationsPerUser}
        />
      </Form>
      <h3>{t("Quotas")}</h3>
      <p class="empty">{t("An empty field means no quota. Days and months are those of UTC.")}</p>
      <For each={whose()}>
        {([of, label]) => (
          <section aria-label={label}>
            <h4>{label}</h4>
            <Form does={t("Change these quotas")} keeps send={(values) => changeQuotas(of, values)}>
              <For each={metrics}>
                {(metric) => (
                  <For each={["day", "month"]}>
                    {(per) => (
                      <Field
                        label={quotaLabel(metric, per)}
                        name={`${metric} ${per}`}
                        type="number"
                        min={0}
                        value={limits().quotas?.[of]?.[metric]?.[per]}
                      />
                    )}
                  </For>
                )}
              </For>
            </Form>
          </section>
        )}
      </For>
    </>
  );
}

const quotaLabel = (metric: string, per: string): string =>
  metric.endsWith("Bytes") ? t("{quota}, in bytes", { quota: quotaOf(metric, per) }) : quotaOf(metric, per);

const amount = (text: string | undefined): number | null => (text?.trim() ? Number(text) : null);

function parseCount(text: string): number | null | "default" {
  const wanted = text.trim();
  if (wanted === "") return "default";
  if (wanted === "off") return null;
  // Without this check, a text that is not a number would be sent as null, which means no limit.
  if (!/^\d+$/.test(wanted))
    throw new Error(t("“{text}” is not a number. Write one such as 5, or off.", { text: wanted }));
  return Number(wanted);
}

function parseRate(text: string): object | null | "default" {
  const wanted = text.trim();
  if (wanted === "") return "default";
  if (wanted === "off") return null;
  const [, quota, seconds] = /^(\d+)\s*\/\s*(\d+)\s*s?$/.exec(wanted) ?? [];
  if (quota === undefined)
    throw new Error(t("“{text}” is not a limit. Write one such as 600/60s, or off.", { text: wanted }));
  return { quota: Number(quota), windowSeconds: Number(seconds) };
}
