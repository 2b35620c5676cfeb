// Shows a value that was read from the server, and the error of the latest read. If a later read
// fails, the error appears above the earlier value.
import { type JSX, Show } from "solid-js";
import { ApiError } from "../../api/send.ts";
import type { Reading } from "./reading.ts";
import { t } from "../../i18n/translate.ts";

interface LoadedProps<Value> {
  readonly of: Reading<Value>;
  children(value: () => NonNullable<Value>): JSX.Element;
}

export function Loaded<Value>(props: LoadedProps<Value>) {
  return (
    <>
      <Show when={props.of.error()}>
        {(error) => (
          <p class="refusal" role="alert">
            {error().message} {hintOf(error())}{" "}
            <button class="link" type="button" onClick={() => void props.of.again()}>
              {t("Try again")}
            </button>
          </p>
        )}
      </Show>
      <Show
        when={props.of.value()}
        fallback={
          <Show when={!props.of.error()}>
            <p class="empty">{t("Loading…")}</p>
          </Show>
        }
      >
        {(value) => props.children(value)}
      </Show>
    </>
  );
}

export const hintOf = (err: unknown): string => (err instanceof ApiError ? (err.hint ?? "") : "");
