// Shows the form for a new piece: the prompt field, ideas, the length and further wishes.
import { createEffect, createMemo, createSignal, For, Show, Suspense } from "solid-js";
import { lazyView } from "../shell/lazy-view.ts";
import { anotherIdea, someIdeas } from "./ideas.ts";
import { DiceIcon } from "./dice-icon.tsx";
import { useMaking } from "../studio.tsx";
import type { MoreWishesInput } from "./more-wishes.tsx";
import { Lengths, storedLength } from "./lengths.tsx";
import { charactersOf, PROMPT_MAX, tooLong } from "./prompt-length.ts";
import "./compose.css";
import { quotedList, t } from "../i18n/translate.ts";

const MoreWishes = lazyView(() => import("./more-wishes.tsx"));

interface ComposeProps {
  promptRef(element: HTMLTextAreaElement): void;
}

/** The counter is shown from this number of characters on. */
const COUNTED_FROM = 1800;

/**
 * Whether the event is the second or a later click of a double or multiple click. The form ignores
 * these clicks, because a double click must not make two pieces. Disabling the button is not enough:
 * if the server answers quickly, the button is enabled again before the second click.
 */
const isSecondClick = (event: MouseEvent): boolean => event.detail > 1;

export function Compose(props: ComposeProps) {
  const making = useMaking();
  let prompt!: HTMLTextAreaElement;
  const [text, setText] = createSignal("");
  const [refusal, setRefusal] = createSignal("");
  const [seconds, setSeconds] = createSignal(storedLength());
  const [more, setMore] = createSignal<MoreWishesInput>({});
  /** The shown ideas. They are chosen again when the language changes. */
  const ideas = createMemo(() => someIdeas(4));
  const keep = (element: HTMLTextAreaElement) => {
    prompt = element;
    props.promptRef(element);
  };
  const write = (words: string) => {
    setText(words);
    setRefusal("");
    making.warmUp();
  };

  // If the browser can't fit the height of the field to the text, the height is set here.
  createEffect(() => {
    text();
    if (CSS.supports?.("field-sizing", "content")) return;
    prompt.style.height = "auto";
    prompt.style.height = `${prompt.scrollHeight}px`;
  });

  const make = () => {
    // If the field is empty, the idea in its placeholder is used.
    if (!text().trim()) setText(ideas()[0]!);
    const { meter, ...wishes } = more();
    const asked = meter ? `${text().trim()}, in ${meter}` : text().trim();
    setRefusal(tooLong(asked) ?? "");
    if (refusal()) return;
    if (!prompt.form!.reportValidity()) return;
    prompt.blur();
    void making.make({ prompt: asked, durationSeconds: seconds(), ...wishes });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") return prompt.blur();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    // If the key is held down, only its first event makes a piece.
    if (!event.repeat) make();
  };

  return (
    <section class="compose" aria-label={t("Make music")}>
      <h2>{t("Describe music. It plays while it’s being composed.")}</h2>
      <form
        id="compose"
        onSubmit={(event) => {
          event.preventDefault();
          make();
        }}
      >
        <label class="ask" for="prompt">
          {t("What should it sound like?")}
        </label>
        <div class="line">
          <textarea
            id="prompt"
            ref={keep}
            class="prompt"
            rows="1"
            placeholder={ideas()[0]}
            enterkeyhint="go"
            autocomplete="off"
            aria-describedby="prompt-count"
            aria-invalid={refusal() ? "true" : undefined}
            value={text()}
            onInput={(event) => write(event.currentTarget.value)}
            onKeyDown={onKeyDown}
          />
          <button
            class="solid"
            type="submit"
            disabled={making.isAsking()}
            onClick={(event) => isSecondClick(event) && event.preventDefault()}
          >
            {t("Compose")}
          </button>
        </div>
        <p id="prompt-count" class="counter">
          <Show when={charactersOf(text()) >= COUNTED_FROM}>
            {t("{n} of {max} characters", { n: charactersOf(text()), max: PROMPT_MAX })}
          </Show>
        </p>
        <p class="counter" role="status">
          <Show when={making.missed().length && !making.isAsking()}>
            {t("Without effect: {words}", { words: quotedList(making.missed()) })}
          </Show>
        </p>
        <p class="refusal" role="alert">
          {refusal()}
        </p>
      </form>
      <div class="ideas">
        <span class="for-example">{t("For example")}</span>
        <For each={ideas()}>
          {(idea) => (
            <button
              type="button"
              class="chip"
              disabled={making.isAsking()}
              onClick={(event) => {
                if (isSecondClick(event)) return;
                write(idea);
                make();
              }}
            >
              {idea}
            </button>
          )}
        </For>
        <button
          type="button"
          class="chip dice"
          aria-label={t("Surprise me")}
          title={t("Surprise me")}
          onClick={() => {
            write(anotherIdea(text()));
            prompt.focus();
          }}
        >
          <DiceIcon />
        </button>
      </div>
      <Lengths seconds={seconds()} onPick={setSeconds} />
      <div class="wishes">
        <Suspense>
          <MoreWishes form="compose" onChange={setMore} />
        </Suspense>
      </div>
    </section>
  );
}
