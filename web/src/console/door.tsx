// Shows the form in which the operator or a business enters a key to open the console.
import { ApiError } from "../api/send.ts";
import { enter, wasRefused } from "./client.ts";
import { Field, Form } from "./parts/form.tsx";
import { Show } from "solid-js";
import { t } from "../i18n/translate.ts";

export const Door = () => (
  <main class="door">
    <h2>{t("Enter with a key")}</h2>
    <p class="empty">
      {t(
        "The operator’s key was shown when this Rondo started for the first time. A business uses one of its own keys. The key stays in this tab, and is forgotten when the tab is closed.",
      )}
    </p>
    <Show when={wasRefused()}>
      <p class="refusal" role="alert">
        {t("The key is not valid any more: it was revoked, replaced, or its business was suspended.")}
      </p>
    </Show>
    <Form does={t("Enter")} keeps send={open}>
      <Field label={t("Key")} name="key" type="password" required />
    </Form>
  </main>
);

async function open({ key = "" }: Readonly<Record<string, string>>): Promise<void> {
  try {
    await enter(key.trim());
  } catch (err) {
    if (!(err instanceof ApiError)) throw err;
    if (err.status === 401)
      throw new Error(t("This key opens nothing here: it is unknown, was revoked, or has expired."), {
        cause: err,
      });
    if (err.status === 403)
      throw new Error(t("This is not a key of a business or of the operator."), { cause: err });
    throw err;
  }
}
