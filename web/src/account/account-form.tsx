// Defines the form that the account views use: fields, the error of a refused request, and a button that is disabled
// while a request runs.
import { createSignal, type JSX } from "solid-js";
import { ApiError } from "../api/send.ts";

interface AccountFormProps {
  /** The words on the button. */
  action: string;
  isDanger?: boolean;
  children?: JSX.Element;
  /** If the promise rejects, the form shows the error and keeps its values. If it resolves, the form is cleared. */
  onSend(values: Record<string, string>): Promise<void>;
}

export function AccountForm(props: AccountFormProps) {
  const [refusal, setRefusal] = createSignal("");
  const [busy, setBusy] = createSignal(false);

  async function submit(form: HTMLFormElement) {
    if (busy()) return;
    setBusy(true);
    setRefusal("");
    try {
      await props.onSend(Object.fromEntries(new FormData(form)) as Record<string, string>);
      form.reset();
    } catch (err) {
      setRefusal(refusalOf(err));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form
      class="account-form"
      onSubmit={(event) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
    >
      {props.children}
      <p class="refusal" role="alert">
        {refusal()}
      </p>
      <button class={props.isDanger ? "link danger" : "solid"} type="submit" disabled={busy()}>
        {props.action}
      </button>
    </form>
  );
}

/** Returns the message and the hint of the server's error. Other errors are converted to a string. */
export function refusalOf(err: unknown): string {
  if (!(err instanceof ApiError)) return String(err);
  return [err.message, err.hint].filter(Boolean).join(" ");
}

export function Email(props: { label: string }) {
  return (
    <label>
      <span class="differ">{props.label}</span>
      <input name="email" type="email" required maxlength={254} autocomplete="username" />
    </label>
  );
}

export function Password(props: { label: string; name?: string; isNew?: boolean }) {
  return (
    <label>
      <span class="differ">{props.label}</span>
      <input
        name={props.name ?? "password"}
        type="password"
        required
        minlength={props.isNew ? 8 : undefined}
        autocomplete={props.isNew ? "new-password" : "current-password"}
      />
    </label>
  );
}
