// Shows the state of a business and today's numbers, and changes the state and the names of the business.
import { Show } from "solid-js";
import { notice, noticeError } from "../../shell/notices.ts";
import { go } from "../address.ts";
import { call } from "../client.ts";
import { confirmByName } from "../parts/confirm.tsx";
import { Field, Form, type Values } from "../parts/form.tsx";
import { time } from "../parts/words.ts";
import BusinessToday from "../today/business-today.tsx";
import { businessState, type OfBusiness } from "./business.ts";
import { Hosts } from "./hosts.tsx";
import { t } from "../../i18n/translate.ts";

const GRACE_DAYS = 30;

export default function Overview(props: OfBusiness) {
  const path = () => `/v1/businesses/${props.of}`;
  const is = (state: string) => props.business.state === state;

  async function setState(state: "active" | "suspended") {
    await call("PATCH", path(), { state }).then(props.onChange, noticeError);
  }
  async function rename({ slug = "", name = "" }: Values) {
    await call("PATCH", path(), { slug, name });
    notice(t("The business is renamed. Links with the old short name still lead to the business."));
    if (slug === props.of) await props.onChange();
    else go("businesses", slug);
  }
  async function undelete() {
    await call("POST", `${path()}/undelete`).then(props.onChange, noticeError);
  }
  const suspend = () =>
    confirmByName({
      title: t("Suspend {name}?", { name: props.of }),
      text: t("Its keys, sessions, tokens and links are refused within five seconds. Nothing is deleted."),
      name: props.of,
      does: t("Suspend"),
      act: () => setState("suspended"),
    });
  const remove = () =>
    confirmByName({
      title: t("Delete {name}?", { name: props.of }),
      text: t(
        "The business is suspended now and erased in {n} days, with its database, streams, objects and keys. Until then the deletion can be undone.",
        { n: GRACE_DAYS },
      ),
      name: props.of,
      does: t("Delete the business"),
      act: () => call("DELETE", `${path()}?graceDays=${GRACE_DAYS}`).then(props.onChange),
    });

  return (
    <>
      <dl class="pairs">
        <dt>{t("State")}</dt>
        <dd data-state={props.business.state}>
          {businessState(props.business.state)}
          <Show when={props.business.deleteAfter}>
            {(at) => t("; it is erased at {time}", { time: time(at()) })}
          </Show>
        </dd>
        <dt>{t("Name")}</dt>
        <dd dir="auto">{props.business.name}</dd>
        <dt>{t("Id")}</dt>
        <dd>
          <code>{props.business.id}</code>
        </dd>
        <dt>{t("Database")}</dt>
        <dd>{props.business.engine}</dd>
        <dt>{t("Since")}</dt>
        <dd>{time(props.business.createdAt)}</dd>
      </dl>
      <div class="choices">
        <Show when={is("active")}>
          <button class="chip" type="button" onClick={suspend}>
            {t("Suspend…")}
          </button>
        </Show>
        <Show when={is("suspended")}>
          <button class="chip" type="button" onClick={() => void setState("active")}>
            {t("Resume")}
          </button>
        </Show>
        <Show when={is("active") || is("suspended")}>
          <button class="fatal" type="button" onClick={remove}>
            {t("Delete…")}
          </button>
        </Show>
        <Show when={is("deleting")}>
          <button class="chip" type="button" onClick={() => void undelete()}>
            {t("Undo the deletion")}
          </button>
        </Show>
      </div>
      <Show
        when={is("active")}
        fallback={
          <p class="empty">{t("The data of a business is shown only while the business is active.")}</p>
        }
      >
        <BusinessToday of={props.of} />
        <Hosts of={props.of} />
        <h3>{t("Rename")}</h3>
        <Form does={t("Rename")} keeps send={rename}>
          <Field label={t("Short name")} name="slug" value={props.business.slug} required />
          <Field label={t("Name")} name="name" value={props.business.name} maxlength={200} />
        </Form>
      </Show>
    </>
  );
}
