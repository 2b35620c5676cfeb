// Shows a business's state and today's numbers, and changes its state and names.
import { Show } from "solid-js";
import { notice, noticeError } from "../../shell/notices.ts";
import { go } from "../address.ts";
import { call } from "../client.ts";
import { confirmByName } from "../parts/confirm.tsx";
import { Field, Form, type Values } from "../parts/form.tsx";
import { time } from "../parts/words.ts";
import BusinessToday from "../today/business-today.tsx";
import type { OfBusiness } from "./business.ts";
import { Hosts } from "./hosts.tsx";

const GRACE_DAYS = 30;

export default function Overview(props: OfBusiness) {
  const path = () => `/v1/businesses/${props.of}`;
  const is = (state: string) => props.business.state === state;

  async function setState(state: "active" | "suspended") {
    await call("PATCH", path(), { state }).then(props.onChange, noticeError);
  }
  async function rename({ slug = "", name = "" }: Values) {
    await call("PATCH", path(), { slug, name });
    notice("The business is renamed. Links with the old short name lead to it.");
    if (slug === props.of) await props.onChange();
    else go("businesses", slug);
  }
  async function undelete() {
    await call("POST", `${path()}/undelete`).then(props.onChange, noticeError);
  }
  const suspend = () =>
    confirmByName({
      title: `Suspend ${props.of}?`,
      text: "Its keys, sessions, tokens and links are refused within five seconds. Nothing is deleted.",
      name: props.of,
      does: "Suspend",
      act: () => setState("suspended"),
    });
  const remove = () =>
    confirmByName({
      title: `Delete ${props.of}?`,
      text: `The business is suspended now and erased in ${GRACE_DAYS} days, with its database, streams, objects and keys. Until then the deletion can be undone.`,
      name: props.of,
      does: "Delete the business",
      act: () => call("DELETE", `${path()}?graceDays=${GRACE_DAYS}`).then(props.onChange),
    });

  return (
    <>
      <dl class="pairs">
        <dt>State</dt>
        <dd data-state={props.business.state}>
          {props.business.state}
          <Show when={props.business.deleteAfter}>{(at) => `; it is erased at ${time(at())}`}</Show>
        </dd>
        <dt>Name</dt>
        <dd>{props.business.name}</dd>
        <dt>Id</dt>
        <dd>
          <code>{props.business.id}</code>
        </dd>
        <dt>Database</dt>
        <dd>{props.business.engine}</dd>
        <dt>Since</dt>
        <dd>{time(props.business.createdAt)}</dd>
      </dl>
      <div class="choices">
        <Show when={is("active")}>
          <button class="chip" type="button" onClick={suspend}>
            Suspend…
          </button>
        </Show>
        <Show when={is("suspended")}>
          <button class="chip" type="button" onClick={() => void setState("active")}>
            Resume
          </button>
        </Show>
        <Show when={is("active") || is("suspended")}>
          <button class="fatal" type="button" onClick={remove}>
            Delete…
          </button>
        </Show>
        <Show when={is("deleting")}>
          <button class="chip" type="button" onClick={() => void undelete()}>
            Undo the deletion
          </button>
        </Show>
      </div>
      <Show when={is("active")} fallback={<p class="empty">Its data can be seen while it is active.</p>}>
        <BusinessToday of={props.of} />
        <Hosts of={props.of} />
        <h3>Rename</h3>
        <Form does="Rename" keeps send={rename}>
          <Field label="Short name" name="slug" value={props.business.slug} required />
          <Field label="Name" name="name" value={props.business.name} maxlength={200} />
        </Form>
      </Show>
    </>
  );
}
