// Shows the choice of the piece's length. The browser stores the last choice.
import { For } from "solid-js";
import { stored } from "../lib/stored.ts";

interface LengthsProps {
  seconds: number;
  onPick(seconds: number): void;
}

const lengths = [
  { seconds: 30, label: "30 s" },
  { seconds: 60, label: "1 min" },
  { seconds: 120, label: "2 min" },
  { seconds: 300, label: "5 min" },
  { seconds: 600, label: "10 min" },
] as const;

const kept = stored("rondo.length");

export function Lengths(props: LengthsProps) {
  const pick = (seconds: number) => {
    kept.write(seconds);
    props.onPick(seconds);
  };
  return (
    <fieldset class="lengths">
      <legend>Length</legend>
      <For each={lengths}>
        {(length) => (
          <label>
            <input
              type="radio"
              name="length"
              checked={props.seconds === length.seconds}
              onChange={() => pick(length.seconds)}
            />
            <span>{length.label}</span>
          </label>
        )}
      </For>
    </fieldset>
  );
}

/** The last choice in this browser; without one, a minute. */
export function storedLength(): number {
  const last = kept.read();
  return lengths.find(({ seconds }) => seconds === last)?.seconds ?? 60;
}
