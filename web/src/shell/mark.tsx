// Draws Rondo's logo: five arcs, one for each part of the musical form A B A C A (a rondo).
import { For } from "solid-js";

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <g transform="rotate(-90 16 16)" fill="none" stroke-width="5">
        <For each={[0, 1, 2, 3, 4]}>
          {(part) => (
            <circle
              class={part % 2 ? "episode" : "refrain"}
              cx="16"
              cy="16"
              r="12"
              pathLength="100"
              stroke-dasharray="17 83"
              stroke-dashoffset={-(part * 20 + 1.5)}
            />
          )}
        </For>
      </g>
    </svg>
  );
}
