// Shows the webhook endpoints of a business and their deliveries. A person can also add, change,
// test and delete endpoints, and replay dead deliveries. A delivery is dead if it never succeeded
// and Rondo no longer attempts it.
import { createSignal, Show } from "solid-js";
import { notice, noticeError } from "../../shell/notices.ts";
import { at, call } from "../client.ts";
import { confirmByName } from "../parts/confirm.tsx";
import { Field, Form, type Values } from "../parts/form.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { createReading } from "../parts/reading.ts";
import { Secret } from "../parts/secret.tsx";
import { Table } from "../parts/table.tsx";
import { number, time } from "../parts/words.ts";
import { ChangeEndpoint } from "./change-endpoint.tsx";
import { Deliveries } from "./deliveries.tsx";
import { type Endpoint, typesIn } from "./endpoint.ts";
import { t } from "../../i18n/translate.ts";

const READ_EVERY_MS = 5_000;

const stateWords = (): Readonly<Record<string, string>> => ({
  active: t("active"),
  paused: t("paused"),
  gone: t("gone: it answered 410"),
});

export default function Webhooks(props: { readonly of?: string }) {
  const path = (...more: string[]) => at(["/v1/webhooks", ...more].join("/"), props.of);
  const list = createReading(() => call<{ items: readonly Endpoint[] }>("GET", path()), {
    everyMs: READ_EVERY_MS,
  });
  const [secret, setSecret] = createSignal("");
  const [opened, setOpened] = createSignal("");
  const [changing, setChanging] = createSignal("");
  const changed = () => list.value()?.items.find(({ id }) => id === changing());
  /**
   * Waits for `work`, the response to a request that was already sent. Then shows the text `done`
   * or the error, and reads the list of endpoints again.
   */
  async function act(work: Promise<unknown>, done: string) {
    await work.then(() => notice(done), noticeError);
    await list.again();
  }

  async function create({ url, events = "" }: Values) {
    const types = typesIn(events);
    const made = await call<{ secret: string }>("POST", path(), {
      url,
      ...(types.length ? { events: types } : {}),
    });
    setSecret(made.secret);
    await list.again();
  }
  const remove = ({ id, url }: Endpoint) =>
    confirmByName({
      title: t("Delete this endpoint?"),
      text: t("It gets no more events, and its deliveries are deleted."),
      name: url,
      does: t("Delete the endpoint"),
      act: async () => {
        await call("DELETE", path(id));
        setOpened("");
        await list.again();
      },
    });
  const actions = (one: Endpoint) => (
    <>
      <Show
        when={one.state === "active"}
        fallback={
          <button
            class="link"
            type="button"
            onClick={() =>
              void act(call("PATCH", path(one.id), { state: "active" }), t("The endpoint is active again."))
            }
          >
            {t("Resume")}
          </button>
        }
      >
        <button
          class="link"
          type="button"
          onClick={() =>
            void act(call("PATCH", path(one.id), { state: "paused" }), t("The endpoint is paused."))
          }
        >
          {t("Pause")}
        </button>
        <button
          class="link"
          type="button"
          onClick={() => void act(call("POST", path(one.id, "test")), t("A ping is on its way."))}
        >
          {t("Send a ping")}
        </button>
      </Show>
      <button class="link" type="button" onClick={() => setChanging(one.id)}>
        {t("Change…")}
      </button>
      <button class="link" type="button" onClick={() => setOpened(one.id)}>
        {t("Deliveries")}
      </button>
      <button class="link danger" type="button" onClick={() => remove(one)}>
        {t("Delete…")}
      </button>
    </>
  );

  return (
    <section aria-labelledby="webhooks">
      <h2 id="webhooks">{t("Webhooks")}</h2>
      <Form does={t("Add an endpoint")} send={create}>
        <Field label={t("Address")} name="url" required placeholder="https://" />
        <Field
          label={t("Types of events")}
          name="events"
          hint={t(
            "Types, separated by commas, such as generation.complete. If the field is empty, all types are sent.",
          )}
        />
      </Form>
      <Show when={secret()}>
        <Secret says={t("The secret is shown only now:")} value={secret()} />
      </Show>
      <Loaded of={list}>
        {(found) => (
          <Table
            caption={t("Endpoints")}
            rows={found().items}
            empty={t("The business has no endpoints.")}
            columns={[
              { head: t("Address"), cell: ({ url }) => <code>{url}</code> },
              { head: t("State"), cell: ({ state }) => stateWords()[state] ?? state },
              { head: t("Events"), cell: ({ events }) => <code>{events.join(", ")}</code> },
              {
                head: t("Failures since the last success"),
                cell: ({ failures }) => number(failures),
                isNumber: true,
              },
              { head: t("Sends nothing until"), cell: ({ blockedUntil }) => time(blockedUntil) },
              { head: t("The former secret also signs until"), cell: formerSecret },
              { head: t("Actions"), cell: actions },
            ]}
          />
        )}
      </Loaded>
      <Show when={changed()}>
        {(endpoint) => (
          <ChangeEndpoint
            of={props.of}
            endpoint={endpoint()}
            onSecret={setSecret}
            onDone={() => list.again()}
          />
        )}
      </Show>
      <Deliveries of={props.of} endpointId={opened()} onAll={() => setOpened("")} />
    </section>
  );
}

const formerSecret = ({ formerSecretUntil: until }: Endpoint): string =>
  until !== null && Date.parse(until) > Date.now() ? time(until) : "";
