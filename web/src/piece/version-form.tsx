// Shows the form for the instruction of a new version, and how the composer understood the instruction.
import { createEffect, createSignal, For } from "solid-js";
import { ApiError } from "../api/send.ts";
import type { PlanWords } from "../api/wire.ts";
import { suggestionsFor } from "./suggestions.ts";
import { t } from "../i18n/translate.ts";

interface VersionFormProps {
  /** The number of the parent version; undefined if the piece has only one version. */
  parentNumber: number | undefined;
  /** A counter: each increase moves the focus to the field. */
  asked: number;
  /** The plan of the parent version, if known. Suggestions that would change nothing in this plan are left out. */
  plan?: PlanWords | undefined;
  /** Whether the parent version is finished. A new version is made only after its parent is finished. */
  isReady: boolean;
  /**
   * Starts the new version. Resolves to the understood changes, in sentences. If the promise rejects, the form shows
   * the error and keeps the instruction.
   */
  onMake(instruction: string): Promise<string>;
}

const INSTRUCTION_MAX = 500;

export function VersionForm(props: VersionFormProps) {
  let line!: HTMLInputElement;
  const [text, setText] = createSignal("");
  const [words, setWords] = createSignal("");
  const [busy, setBusy] = createSignal(false);
  createEffect(() => {
    if (props.asked) line.focus();
  });

  const parts = () =>
    text()
      .split(/[,،]/)
      .map((part) => part.trim())
      .filter(Boolean);
  const toggle = (words: string) =>
    setText(
      (parts().includes(words) ? parts().filter((one) => one !== words) : [...parts(), words]).join(t(", ")),
    );

  async function make() {
    const instruction = text().trim();
    if (busy()) return;
    if (!instruction) return line.focus();
    setBusy(true);
    setWords("");
    try {
      setWords(await props.onMake(instruction));
      setText("");
    } catch (err) {
      const hint = err instanceof ApiError ? err.hint : undefined;
      setWords([(err as Error).message, hint].filter(Boolean).join(" "));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form
      class="change"
      onSubmit={(event) => {
        event.preventDefault();
        void make();
      }}
    >
      <label>
        <span class="differ">
          {props.parentNumber
            ? t("What should be different from version {n}?", { n: props.parentNumber })
            : t("What should be different?")}
        </span>
        <input
          ref={line}
          value={text()}
          maxlength={INSTRUCTION_MAX}
          placeholder={t("faster, without drums")}
          enterkeyhint="go"
          autocomplete="off"
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button class="solid" type="submit" disabled={busy()}>
        {t("Compose")}
      </button>
      <p class="understood" role="status">
        {busy() && !props.isReady ? t("This begins as soon as the piece is whole.") : words()}
      </p>
      <div class="ideas">
        <For each={suggestionsFor(props.plan)}>
          {(one) => (
            <button
              type="button"
              class="chip"
              aria-pressed={parts().includes(one)}
              onClick={() => toggle(one)}
            >
              {one}
            </button>
          )}
        </For>
      </div>
    </form>
  );
}
