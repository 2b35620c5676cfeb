// Shows and sets the hosts at which the page of a business is served.
import { notice } from "../../shell/notices.ts";
import { call } from "../client.ts";
import { Field, Form, type Values } from "../parts/form.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { createReading } from "../parts/reading.ts";
import { t } from "../../i18n/translate.ts";

export function Hosts(props: { readonly of: string }) {
  const path = () => `/v1/businesses/${props.of}/hosts`;
  const hosts = createReading(() => call<{ items: readonly string[] }>("GET", path()));
  async function set({ hosts: text = "" }: Values) {
    await call("PUT", path(), { hosts: text.split(/[\s,]+/).filter(Boolean) });
    notice(t("The hosts are changed. Every process applies the change within five seconds."));
    await hosts.again();
  }
  return (
    <section aria-labelledby="hosts">
      <h3 id="hosts">{t("Hosts")}</h3>
      <Loaded of={hosts}>
        {(found) => (
          <Form does={t("Set the hosts")} keeps send={set}>
            <Field
              label={t("The page of the business is at")}
              name="hosts"
              value={found().items.join(", ")}
              hint={t(
                "Hosts, separated by commas, such as music.example.com. The theme of the page is part of the business’s app.",
              )}
            />
          </Form>
        )}
      </Loaded>
    </section>
  );
}
