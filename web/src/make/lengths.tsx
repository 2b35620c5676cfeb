// Shows the choice of the piece's length. The browser stores the last choice.
import { For } from "solid-js";
import type { Length } from "../api/api.ts";
import { stored } from "../storage/stored.ts";
import { t } from "../i18n/translate.ts";

interface LengthsProps {
  seconds: Length;
  onPick(seconds: Length): void;
}

const lengths = [
  { seconds: 30, label: "{n} s", n: 30 },
  { seconds: 60, label: "{n} min", n: 1 },
  { seconds: 120, label: "{n} min", n: 2 },
  { seconds: 300, label: "{n} min", n: 5 },
  { seconds: 600, label: "{n} min", n: 10 },
  { seconds: "endless", label: "Endless", n: undefined },
] as const;

const kept = stored("rondo.length");

export function Lengths(props: LengthsProps) {
  const pick = (seconds: Length) => {
    kept.write(seconds);
    props.onPick(seconds);
  };
  return (
    <fieldset class="lengths">
      <legend>{t("Length")}</legend>
      <For each={lengths}>
        {(length) => (
          <label>
            <input
              type="radio"
              name="length"
              checked={props.seconds === length.seconds}
              onChange={() => pick(length.seconds)}
            />
            <span>{t(length.label, { n: length.n })}</span>
          </label>
        )}
      </For>
    </fieldset>
  );
}

/** Returns the last choice in this browser; one minute if no valid choice is stored. */
export function storedLength(): Length {
  const last = kept.read();
  return lengths.find(({ seconds }) => seconds === last)?.seconds ?? 60;
}
