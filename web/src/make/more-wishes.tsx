// Shows the wishes beside the prompt: tempo, key, style, seed and lyrics. This part is loaded after the first view.
import { createSignal, For } from "solid-js";
import type { MoreInput } from "../lib/api.ts";
import "./more-wishes.css";
import { t } from "../i18n/translate.ts";

interface MoreWishesProps {
  /** The id of the form that the fields belong to: it checks them, and Enter in a field sends it. */
  form: string;
  onChange(input: MoreInput): void;
}

const LYRICS_MAX = 5000;
const STYLE_MAX = 200;
const SEED_MAX = 0xffff_ffff;

/** The keys in the spelling that musicians use. */
const keys = [
  ...["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"].map((tonic) => `${tonic} major`),
  ...["C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B"].map((tonic) => `${tonic} minor`),
];

export default function MoreWishes(props: MoreWishesProps) {
  let details!: HTMLDetailsElement;
  let tempo!: HTMLInputElement;
  let key!: HTMLSelectElement;
  let style!: HTMLInputElement;
  let seed!: HTMLInputElement;
  let lyrics!: HTMLTextAreaElement;

  const [count, setCount] = createSignal(0);
  const tell = () => {
    const options = {
      tempo: tempo.value === "" ? undefined : tempo.valueAsNumber,
      key: key.value || undefined,
      style: style.value.trim() || undefined,
      lyrics: lyrics.value.trim() || undefined,
    };
    const given = Object.values(options).filter((value) => value !== undefined).length;
    const input: MoreInput = {
      ...(seed.value === "" ? {} : { seed: seed.valueAsNumber }),
      ...(given === 0 ? {} : { options }),
    };
    setCount(given + ("seed" in input ? 1 : 0));
    props.onChange(input);
  };
  /** Opens the fields when one of them is invalid, because the browser shows its message only beside a visible field. */
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
            <For each={keys}>{(name) => <option>{name}</option>}</For>
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
        <label class="wide">
          {t("Lyrics")}
          <textarea ref={lyrics} form={props.form} rows="3" maxlength={LYRICS_MAX} />
        </label>
      </div>
    </details>
  );
}
