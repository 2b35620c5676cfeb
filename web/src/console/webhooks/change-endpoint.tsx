// Shows the forms that change the event types and the secret of a webhook endpoint.
import { createEffect, createMemo } from "solid-js";
import { at, call } from "../client.ts";
import { Choice, Field, Form, type Values } from "../parts/form.tsx";
import { type Endpoint, typesIn } from "./endpoint.ts";
import { t } from "../../i18n/translate.ts";

const overlaps = () =>
  [
    ["86400", t("for one more day")],
    ["604800", t("for one more week")],
    ["3600", t("for one more hour")],
    ["0", t("no longer")],
  ] as const;

export function ChangeEndpoint(props: {
  /** The slug of the business; undefined if the key belongs to the business. */
  readonly of: string | undefined;
  readonly endpoint: Endpoint;
  /** Called with a new secret, before `onDone`. */
  onSecret(secret: string): void;
  /** Called after each successful change. */
  onDone(): Promise<unknown>;
}) {
  let heading!: HTMLHeadingElement;
  const id = createMemo(() => props.endpoint.id);
  createEffect(() => id() && heading.focus());
  const path = (...more: string[]) => at(["/v1/webhooks", id(), ...more].join("/"), props.of);

  async function setEvents({ events = "" }: Values) {
    await call("PATCH", path(), { events: typesIn(events) });
    await props.onDone();
  }
  async function rotate({ overlap }: Values) {
    const { secret } = await call<{ secret: string }>("POST", path("rotate"), {
      overlapSeconds: Number(overlap),
    });
    props.onSecret(secret);
    await props.onDone();
  }

  return (
    <section aria-labelledby="change-endpoint">
      <h3 ref={heading} id="change-endpoint" class="address" tabindex="-1">
        <bdi>{props.endpoint.url}</bdi>
      </h3>
      <Form does={t("Set the events")} keeps send={setEvents}>
        <Field
          label={t("Types of events of this endpoint")}
          name="events"
          value={props.endpoint.events.join(", ")}
          required
        />
      </Form>
      <Form does={t("Make a new secret")} keeps send={rotate}>
        <Choice label={t("Messages are also signed with the former secret")} name="overlap" of={overlaps()} />
      </Form>
    </section>
  );
}
