// Shows the database of a business: the form that moves it to another engine, and its previews, which are temporary
// copies.
import { noticeError } from "../../shell/notices.ts";
import { call } from "../client.ts";
import { Field, Form, type Values } from "../parts/form.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { createReading } from "../parts/reading.ts";
import { Table } from "../parts/table.tsx";
import { time } from "../parts/words.ts";
import type { OfBusiness } from "./business.ts";
import { Promotion } from "./promotion.tsx";
import { t } from "../../i18n/translate.ts";

interface Preview {
  readonly id: string;
  readonly state: string;
  readonly engine: string;
  readonly createdAt: string;
  readonly expiresAt: string;
}

export default function DatabaseView(props: OfBusiness) {
  return (
    <>
      <Promotion {...props} />
      <Previews of={props.of} />
    </>
  );
}

const previewState = (state: string): string =>
  ({ making: t("being created"), ready: t("ready"), ending: t("ending") })[state] ?? state;

function Previews(props: { readonly of: string }) {
  const path = () => `/v1/businesses/${props.of}/previews`;
  const list = createReading(() => call<{ items: readonly Preview[] }>("GET", path()), { everyMs: 10_000 });
  const create = ({ hours }: Values) => call("POST", path(), { hours: Number(hours || 24) }).then(list.again);
  const end = ({ id }: Preview) => call("DELETE", `${path()}/${id}`).then(list.again, noticeError);
  return (
    <section aria-labelledby="previews">
      <h3 id="previews">{t("Previews")}</h3>
      <p class="empty">
        {t(
          "A preview is a copy of the database for a trial. Nothing that happens in it reaches the business.",
        )}
      </p>
      <Form does={t("Create a preview")} keeps send={create}>
        <Field label={t("Hours until it ends")} name="hours" type="number" value={24} min={1} max={168} />
      </Form>
      <Loaded of={list}>
        {(found) => (
          <Table
            caption={t("Previews")}
            rows={found().items}
            empty={t("The business has no previews.")}
            columns={[
              { head: t("Preview"), cell: ({ id }) => <code>{id}</code> },
              { head: t("State"), cell: ({ state }) => previewState(state) },
              { head: t("Database"), cell: ({ engine }) => engine },
              { head: t("Created"), cell: ({ createdAt }) => time(createdAt) },
              { head: t("Ends"), cell: ({ expiresAt }) => time(expiresAt) },
              {
                head: t("Actions"),
                cell: (one) => (
                  <button class="link danger" type="button" onClick={() => void end(one)}>
                    {t("End")}
                  </button>
                ),
              },
            ]}
          />
        )}
      </Loaded>
    </section>
  );
}
