// Asks before an important action, such as a deletion: the person types the name of the thing.
import { createSignal, Show } from "solid-js";
import { openModal } from "../../shell/modal.ts";
import { hintOf } from "./loaded.tsx";
import { t } from "../../i18n/translate.ts";
import { said } from "./said.ts";

interface Question {
  readonly title: string;
  /** What will happen, in a sentence. */
  readonly text: string;
  /** The name that has to be typed. */
  readonly name: string;
  /** The text of the button. */
  readonly does: string;
  /** Does the action. If the promise is rejected, the dialog stays open and shows the message and the hint. */
  act(): Promise<unknown>;
}

const [question, setQuestion] = createSignal<Question>();

/**
 * Opens the dialog. If the dialog already asks another question, the new question replaces the old question. The action
 * runs only after the exact name was typed; spaces around the typed text are ignored. "Cancel" does not stop an action
 * that already runs.
 */
export const confirmByName = (asked: Question): void => void setQuestion(asked);

export const ConfirmDialog = () => (
  <Show when={question()} keyed>
    {(asked) => <Asking asked={asked} />}
  </Show>
);

function Asking(props: { asked: Question }) {
  let dialog!: HTMLDialogElement;
  const [typed, setTyped] = createSignal("");
  const [refusal, setRefusal] = createSignal("");
  const [busy, setBusy] = createSignal(false);
  const isRight = () => typed().trim() === props.asked.name;

  async function act() {
    if (!isRight() || busy()) return;
    setBusy(true);
    setRefusal("");
    try {
      await props.asked.act();
      dialog.close();
    } catch (err) {
      setRefusal([(err as Error).message, hintOf(err)].filter(Boolean).join(" "));
    }
    setBusy(false);
  }

  return (
    <dialog
      ref={(element) => {
        dialog = element;
        openModal(element);
      }}
      class="help confirm"
      aria-labelledby="confirm-title"
      onClose={() => setQuestion(undefined)}
    >
      <h2 id="confirm-title">{props.asked.title}</h2>
      <p>{props.asked.text}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void act();
        }}
      >
        <label>
          <span class="differ">
            {said(t("Type {name} to go on"), { name: () => <code>{props.asked.name}</code> })}
          </span>
          <input
            name="typed"
            autocomplete="off"
            spellcheck={false}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        <p class="refusal" role="alert">
          {refusal()}
        </p>
        <div class="choices">
          <button class="fatal" type="submit" disabled={!isRight() || busy()}>
            {props.asked.does}
          </button>
          <button class="link quiet" type="button" onClick={() => dialog.close()}>
            {t("Cancel")}
          </button>
        </div>
      </form>
    </dialog>
  );
}
