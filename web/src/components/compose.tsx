// The form with the prompt, inside the ring; below it are ideas and the length.
import { createEffect, createSignal, For, on, Show } from "solid-js";
import { anotherIdea, someIdeas } from "../lib/ideas.ts";
import { DiceIcon, PauseIcon, PlayIcon } from "./icons.tsx";
import { Lengths, storedLength } from "./lengths.tsx";
import { Ring, type RingProps } from "./ring.tsx";

interface ComposeProps {
  ring: RingProps;
  words: string;
  section: string;
  busy: boolean;
  /** The prompt of the current piece, and whether it is playing. */
  playing: string | undefined;
  isSounding: boolean;
  onTyping(): void;
  onToggle(): void;
  onMake(prompt: string, durationSeconds: number): void;
  promptRef(element: HTMLTextAreaElement): void;
}

const PROMPT_MAX = 2000;
/** A longer prompt gets a smaller font. */
const LONG_CHARACTERS = 70;

export function Compose(props: ComposeProps) {
  let prompt!: HTMLTextAreaElement;
  const [text, setText] = createSignal("");
  const [seconds, setSeconds] = createSignal(storedLength());
  const ideas = someIdeas(4);
  const keep = (element: HTMLTextAreaElement) => {
    prompt = element;
    props.promptRef(element);
  };

  // The field is as tall as its text, so that the text is in the middle of the circle.
  createEffect(() => {
    text();
    prompt.style.height = "auto";
    prompt.style.height = `${prompt.scrollHeight}px`;
  });

  // The circle shows the prompt of the current piece, unless the person has typed something.
  createEffect(
    on(
      () => props.playing,
      (now, before) => {
        if (now !== undefined && (!text() || text().trim() === before)) setText(now);
      },
    ),
  );

  /** The button plays and pauses the requested piece, until the person writes another prompt. */
  const isAsked = () => props.playing !== undefined && text().trim() === props.playing;
  const label = () => (isAsked() ? (props.isSounding ? "Pause" : "Play") : "Make it and play");
  const isLong = () => text().length > LONG_CHARACTERS;
  const make = () => {
    // With an empty field, the shown idea is used.
    if (!text().trim()) setText(ideas[0]!);
    const asked = text().trim();
    if (matchMedia("(pointer: coarse)").matches) prompt.blur();
    prompt.scrollTop = 0;
    props.onMake(asked, seconds());
  };
  const takeIdea = (idea: string) => {
    setText(idea);
    props.onTyping();
    make();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    make();
  };

  return (
    <section class="compose" aria-label="Make music">
      <form
        class="circle"
        onSubmit={(event) => {
          event.preventDefault();
          if (isAsked()) props.onToggle();
          else make();
        }}
      >
        <Ring {...props.ring} />
        <div class="inside">
          <label class="ask" classList={{ unseen: isLong() }} for="prompt">
            What should it sound like?
          </label>
          <textarea
            id="prompt"
            ref={keep}
            class="prompt"
            classList={{ long: isLong() }}
            rows="1"
            maxlength={PROMPT_MAX}
            placeholder={ideas[0]}
            enterkeyhint="go"
            autocomplete="off"
            value={text()}
            onInput={(event) => {
              setText(event.currentTarget.value);
              props.onTyping();
            }}
            onKeyDown={onKeyDown}
          />
          <div class="go">
            <button class="make" type="submit" disabled={props.busy} aria-label={label()}>
              <Show when={isAsked() && props.isSounding} fallback={<PlayIcon />}>
                <PauseIcon />
              </Show>
            </button>
          </div>
          <p class="words">
            <Show
              when={props.words}
              fallback={<Rest section={props.section} isIdle={props.playing === undefined} />}
            >
              {props.words}
            </Show>
          </p>
        </div>
      </form>
      <div class="ideas">
        <button
          type="button"
          class="chip dice"
          aria-label="Surprise me"
          title="Surprise me"
          onClick={() => {
            setText(anotherIdea(text()));
            props.onTyping();
            prompt.focus();
          }}
        >
          <DiceIcon />
        </button>
        <For each={ideas}>
          {(idea) => (
            <button type="button" class="chip" disabled={props.busy} onClick={() => takeIdea(idea)}>
              {idea}
            </button>
          )}
        </For>
      </div>
      <Lengths seconds={seconds()} onPick={setSeconds} />
    </section>
  );
}

/** The text below the button if there is no message: the section that plays. */
function Rest(props: { section: string; isIdle: boolean }) {
  return (
    <Show when={props.isIdle} fallback={<span class="section">{props.section}</span>}>
      The first notes come at once.
    </Show>
  );
}
