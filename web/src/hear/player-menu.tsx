// Shows the choices of the player: the speed, and what comes after the end of a piece.
import { For } from "solid-js";
import { t } from "../i18n/translate.ts";
import type { AtEnd } from "../player/create-listening.ts";
import { Menu } from "../shelf/menu.tsx";
import { usePlayer } from "../studio.tsx";

const speeds = [0.5, 0.75, 1, 1.25, 1.5, 2] as const;

const endings: readonly (readonly [AtEnd, string])[] = [
  ["off", "Stop"],
  ["all", "Play the next piece"],
  ["one", "Repeat this piece"],
  ["more", "Keep going: compose more like this"],
];

export function PlayerMenu() {
  const listening = usePlayer();
  const { player } = listening;
  return (
    <Menu label={t("Playback")}>
      <label>
        {t("At the end")}
        <select onChange={(event) => listening.setRepeat(event.currentTarget.value as AtEnd)}>
          <For each={endings}>
            {([choice, words]) => (
              <option value={choice} selected={listening.repeat() === choice}>
                {t(words)}
              </option>
            )}
          </For>
        </select>
      </label>
      <label>
        {t("Speed")}
        <select onChange={(event) => player.setSpeed(Number(event.currentTarget.value))}>
          <For each={speeds}>
            {(speed) => (
              <option value={speed} selected={player.speed() === speed}>
                {t("{n}×", { n: speed })}
              </option>
            )}
          </For>
        </select>
      </label>
    </Menu>
  );
}
