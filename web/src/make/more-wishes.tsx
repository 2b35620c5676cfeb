// Shows the wishes that a user can add to the prompt: tempo, key, meter, style, seed, generator, lyrics, and two takes
// to compare. This module is loaded when the page is idle, or at the latest when the wishes are first shown.
import { createSignal, For, Show } from "solid-js";
import { listGenerators } from "../api/api.ts";
import { createLoaded } from "../signals/create-loaded.ts";
import { hasSession } from "../api/session.ts";
import type { MakeInput } from "../making/create-asking.ts";
import "./more-wishes.css";
import { music } from "../i18n/music.ts";
import { t } from "../i18n/translate.ts";

export interface MoreWishesInput extends Omit<MakeInput, "prompt" | "durationSeconds"> {
  /** The meter, such as "3/4". It is added to the prompt, because generators have no option for the meter. */
  readonly meter?: string | undefined;
}

interface MoreWishesProps {
  /** The id of the form that the fields belong to. The form checks the fields, and Enter in a field sends the form. */
  form: string;
  onChange(input: MoreWishesInput): void;
}

const LYRICS_MAX = 5000;
const STYLE_MAX = 200;
const SEED_MAX = 0xffff_ffff;

/** The keys in the spelling that musicians use. */
const keys = [
  ...["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"].map((tonic) => `${tonic} major`),
  ...["C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B"].map((tonic) => `${tonic} minor`),
];

const meters = ["2/4", "3/4", "4/4", "5/4", "6/8", "7/8", "12/8"];

export default function MoreWishes(props: MoreWishesProps) {
  let details!: HTMLDetailsElement;
  let tempo!: HTMLInputElement;
  let key!: HTMLSelectElement;
  let meter!: HTMLSelectElement;
  let style!: HTMLInputElement;
  let seed!: HTMLInputElement;
  let lyrics!: HTMLTextAreaElement;
  let twoTakes!: HTMLInputElement;
  let generator: HTMLSelectElement | undefined;
  const generators = createLoaded(hasSession, () => listGenerators().catch(() => []));

  const [count, setCount] = createSignal(0);
  const tell = () => {
    const options = {
      tempo: tempo.value === "" ? undefined : tempo.valueAsNumber,
      key: key.value || undefined,
      style: style.value.trim() || undefined,
      lyrics: lyrics.value.trim() || undefined,
    };
    const given = Object.values(options).filter((value) => value !== undefined).length;
    const input: MoreWishesInput = {
      ...(seed.value === "" ? {} : { seed: seed.valueAsNumber }),
      ...(given === 0 ? {} : { options }),
      ...(generator?.value ? { generator: generator.value } : {}),
      ...(meter.value ? { meter: meter.value } : {}),
      ...(twoTakes.checked ? { isTwoTakes: true } : {}),
    };
    setCount(given + ["seed", "generator", "meter", "isTwoTakes"].filter((name) => name in input).length);
    props.onChange(input);
  };
  /**
   * Makes the fields visible when a field is invalid, because the browser shows the message about
   * an invalid field only if the field is visible.
   */
  const reveal = () => {
    details.open = true;
  };

  return (
    <details ref={details}>
      <summary>
        {t("More wishes")}
        {count() ? ` (${count()})` : ""}
      </summary>
      <div class="wishes-fields" onInput={tell} on:invalid={{ handleEvent: reveal, capture: true }}>
        <label>
          {t("Tempo")}
          <input
            ref={tempo}
            form={props.form}
            type="number"
            min="30"
            max="300"
            placeholder={t("beats a minute")}
            autocomplete="off"
          />
        </label>
        <label>
          {t("Key")}
          <select ref={key} form={props.form}>
            <option value="">{t("any")}</option>
            <For each={keys}>{(name) => <option value={name}>{music(name)}</option>}</For>
          </select>
        </label>
        <label>
          {t("Meter")}
          <select ref={meter} form={props.form}>
            <option value="">{t("any")}</option>
            <For each={meters}>{(name) => <option>{name}</option>}</For>
          </select>
        </label>
        <label>
          {t("Style")}
          <input
            ref={style}
            form={props.form}
            maxlength={STYLE_MAX}
            placeholder={t("jazz")}
            autocomplete="off"
          />
        </label>
        <label
          title={t("The same prompt, wishes and seed give the same piece, where the generator can do that")}
        >
          {t("Seed")}
          <input
            ref={seed}
            form={props.form}
            type="number"
            min="0"
            max={SEED_MAX}
            placeholder={t("random")}
            autocomplete="off"
          />
        </label>
        <Show when={(generators()?.length ?? 0) > 1}>
          <label>
            {t("Generator")}
            <select ref={generator} form={props.form}>
              <option value="">{t("any")}</option>
              <For each={generators()}>{(name) => <option>{name}</option>}</For>
            </select>
          </label>
        </Show>
        <label class="wide two-takes">
          <input ref={twoTakes} form={props.form} type="checkbox" />
          {t("Two takes to compare")}
        </label>
        <label class="wide">
          {t("Lyrics")}
          <textarea ref={lyrics} form={props.form} rows="3" maxlength={LYRICS_MAX} />
        </label>
      </div>
    </details>
  );
}
