// Defines a form and its fields. The form sends the values, shows the server's refusal, and can't be
// sent again during a request.
import { createMemo, createSignal, createUniqueId, For, Index, type JSX, Show } from "solid-js";
import { hintOf } from "./loaded.tsx";

export type Values = Readonly<Record<string, string>>;

interface FormProps {
  /** The text of the button. */
  readonly does: string;
  readonly isDangerous?: boolean;
  /** Whether the fields keep their values after success. Otherwise they are reset. */
  readonly keeps?: boolean;
  /** Sends the values of the fields. If the promise rejects, the form shows the error. */
  send(values: Values): Promise<unknown>;
  readonly children: JSX.Element;
}

export function Form(props: FormProps) {
  const [busy, setBusy] = createSignal(false);
  const [refusal, setRefusal] = createSignal("");

  async function send(form: HTMLFormElement) {
    if (busy()) return;
    setBusy(true);
    setRefusal("");
    try {
      await props.send(Object.fromEntries(new FormData(form)) as Record<string, string>);
      if (!props.keeps) form.reset();
    } catch (err) {
      setRefusal([(err as Error).message, hintOf(err)].filter(Boolean).join(" "));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form
      class="row-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send(event.currentTarget);
      }}
    >
      {props.children}
      <button
        classList={{ solid: !props.isDangerous, fatal: props.isDangerous }}
        type="submit"
        aria-disabled={busy()}
      >
        {props.does}
      </button>
      <Show when={refusal()}>
        <p class="refusal whole" role="alert">
          {refusal()}
        </p>
      </Show>
    </form>
  );
}

interface FieldProps {
  readonly label: string;
  readonly name: string;
  readonly hint?: string | undefined;
  readonly type?: "text" | "number" | "search" | "password" | "datetime-local" | "date";
  readonly value?: string | number | undefined;
  readonly required?: boolean | undefined;
  readonly placeholder?: string;
  readonly pattern?: string | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly maxlength?: number | undefined;
}

export function Field(props: FieldProps) {
  const id = createUniqueId();
  return (
    <label>
      <span class="differ">{props.label}</span>
      <input
        name={props.name}
        type={props.type ?? "text"}
        dir={props.type === undefined || props.type === "search" ? "auto" : undefined}
        value={props.value ?? ""}
        required={props.required}
        placeholder={props.placeholder}
        pattern={props.pattern}
        min={props.min}
        max={props.max}
        maxlength={props.maxlength}
        step={props.type === "number" ? "any" : undefined}
        autocomplete="off"
        spellcheck={false}
        aria-describedby={props.hint ? id : undefined}
      />
      <Show when={props.hint}>
        <span class="hint" id={id}>
          {props.hint}
        </span>
      </Show>
    </label>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly name: string;
  /** The values, or pairs of a value and its text. */
  readonly of: readonly (string | readonly [value: string, text: string])[];
  readonly value?: string | undefined;
  onChoose?(value: string): void;
}

export function Choice(props: ChoiceProps) {
  return (
    <label>
      <span class="differ">{props.label}</span>
      <select name={props.name} onChange={(event) => props.onChoose?.(event.currentTarget.value)}>
        <Index each={props.of}>
          {(one) => {
            const value = createMemo(() => pairOf(one())[0]);
            // If `props.of` is replaced by a new list with the same values, the result of this memo does not change. So
            // Solid does not select the initial value again, and the user's choice is kept.
            const isInitial = createMemo(() => value() === props.value);
            return (
              <option value={value()} selected={isInitial()}>
                {pairOf(one())[1]}
              </option>
            );
          }}
        </Index>
      </select>
    </label>
  );
}

const pairOf = (one: ChoiceProps["of"][number]) => (typeof one === "string" ? ([one, one] as const) : one);

/** Several checkboxes. `onChange` gets the names of all checked boxes, in the order of `of`. */
export function Checks(props: {
  readonly label: string;
  readonly of: readonly string[];
  readonly chosen: readonly string[];
  onChange(chosen: readonly string[]): void;
}) {
  return (
    <fieldset class="checks">
      <legend class="differ">{props.label}</legend>
      <For each={props.of}>
        {(name) => (
          <label>
            <input
              type="checkbox"
              checked={props.chosen.includes(name)}
              onChange={(event) =>
                props.onChange(
                  props.of.filter((one) =>
                    one === name ? event.currentTarget.checked : props.chosen.includes(one),
                  ),
                )
              }
            />
            <bdi>{name}</bdi>
          </label>
        )}
      </For>
    </fieldset>
  );
}
