// Shows a form that runs a named query. The fields of the form come from the schema of the query's parameters.
import { createSignal, For, Show } from "solid-js";
import { call, callAs } from "../client.ts";
import { Choice, Field, Form, type Values } from "../parts/form.tsx";
import { isolated } from "../parts/isolated.ts";
import { Rows } from "../parts/table.tsx";
import type { NamedQuery, Parameter } from "./named-query.ts";
import { plural, t } from "../../i18n/translate.ts";

const TOKEN_SECONDS = 60;

export function Try(props: { readonly query: NamedQuery }) {
  const [rows, setRows] = createSignal<readonly Readonly<Record<string, unknown>>[]>();
  const fields = () => Object.entries(props.query.parameters.properties ?? {});
  const isOfUser = () => props.query.scope === "user";

  async function run({ "as user": user, ...given }: Values) {
    const parameters = Object.fromEntries(
      Object.entries(given)
        .filter(([, value]) => value !== "")
        .map(([name, value]) => [name, typed(value, props.query.parameters.properties?.[name])]),
    );
    const path = `/v1/queries/${props.query.name}`;
    setRows(undefined);
    if (!isOfUser()) return show(await call("POST", path, parameters));
    const sent = { userId: user, expiresInSeconds: TOKEN_SECONDS };
    const { token } = await call<{ token: string }>("POST", "/v1/tokens", sent);
    show(await callAs(token, "POST", path, parameters));
  }
  const show = ({ items, item }: { items?: readonly object[]; item?: object | null }) =>
    setRows((items ?? (item ? [item] : [])) as readonly Readonly<Record<string, unknown>>[]);

  return (
    <>
      <Form does={props.query.method === "POST" ? t("Run: this changes data") : t("Run")} keeps send={run}>
        <Show when={isOfUser()}>
          <Field label={t("As the user with this id")} name="as user" required />
        </Show>
        <For each={fields()}>
          {([name, schema]) => (
            <ParameterField
              name={name}
              schema={schema}
              required={props.query.parameters.required?.includes(name) ?? false}
            />
          )}
        </For>
      </Form>
      <Show when={rows()}>{(found) => <Rows rows={found()} />}</Show>
    </>
  );
}

function ParameterField(props: {
  readonly name: string;
  readonly schema: Parameter;
  readonly required: boolean;
}) {
  const values = () => (isBoolean(props.schema) ? ["true", "false"] : props.schema.enum);
  const preset = () => (props.schema.default === undefined ? "" : textOf(props.schema.default));
  const label = () => (props.required ? props.name : t("{name} (optional)", { name: props.name }));
  return (
    <Show
      when={values()}
      fallback={
        <Field
          label={label()}
          name={props.name}
          required={props.required}
          hint={hintOf(props.schema)}
          placeholder={preset()}
        />
      }
    >
      {(some) => (
        <Choice
          label={label()}
          name={props.name}
          of={
            props.required
              ? some()
              : [["", preset() ? t("default: {value}", { value: preset() }) : t("not given")], ...some()]
          }
        />
      )}
    </Show>
  );
}

const isBoolean = ({ type }: Parameter): boolean => type === "boolean";
const textOf = (value: unknown): string =>
  typeof value === "object" ? JSON.stringify(value) : String(value);

function hintOf({ description, type, format, minimum, maximum, maxLength }: Parameter): string {
  const range =
    minimum !== undefined && maximum !== undefined
      ? t("{from} to {to}", { from: minimum, to: maximum })
      : maxLength !== undefined
        ? plural(maxLength, "at most 1 character", "at most {n} characters")
        : "";
  const kind = format ?? (type === "array" || type === "object" ? "JSON" : type === "string" ? "" : type);
  const about = description && isolated(description);
  return [about, [kind, range].filter(Boolean).join(", ")].filter(Boolean).join(" ");
}

/**
 * Converts a field's text to the parameter's type. A text that can't be converted is sent unchanged, and the server
 * says what is wrong.
 */
function typed(value: string, schema: Parameter | undefined): unknown {
  if (schema?.type === undefined || schema.type === "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
