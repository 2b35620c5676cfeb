// The player bar: the current piece, its position and its controls.
import { Show } from "solid-js";
import { clockOf } from "../lib/clock.ts";
import type { Studio } from "../studio.ts";
import { PauseIcon, PlayIcon, RetryIcon, SpeakerIcon, StopIcon, VersionIcon } from "./icons.tsx";
import { Waveform } from "./waveform.tsx";

interface PlayerBarProps {
  studio: Studio;
  /** The state of the generation or of the player, in words. */
  words: string;
}

export function PlayerBar(props: PlayerBarProps) {
  const player = () => props.studio.player;
  const failed = () => player().state() === "failed";
  const wasCutShort = () => {
    const state = props.studio.making()?.state;
    return state === "failed" || state === "cancelled";
  };
  const versions = () => props.studio.playingTrack()?.versions ?? [];
  const current = () => versions().find((one) => one.id === player().playing()?.versionId);
  const label = () => (failed() ? "Try again" : player().isSounding() ? "Pause" : "Play");

  return (
    <section class="bar" aria-label="Player">
      <button class="round" type="button" aria-label={label()} onClick={() => player().toggle()}>
        <Show when={!failed()} fallback={<RetryIcon />}>
          <Show when={player().isSounding()} fallback={<PlayIcon />}>
            <PauseIcon />
          </Show>
        </Show>
      </button>
      <div class="playing">
        <p class="title">{player().playing()?.title}</p>
        <p class="status">{props.words || current()?.instruction || player().playing()?.prompt}</p>
      </div>
      <Waveform
        peaks={props.studio.peaks()}
        grown={props.studio.making()?.peaksGrown ?? 0}
        seconds={player().seconds()}
        duration={props.studio.duration()}
        onSeek={(seconds) => player().seek(seconds)}
      />
      <p class="clock">
        <span class="clock-now">{clockOf(player().seconds())}</span> / {clockOf(props.studio.duration())}
      </p>
      <div class="acts">
        <Show when={versions().length > 1 && current()}>
          {(version) => (
            <button
              class="plain compare"
              type="button"
              aria-label={`Version ${version().number} of ${versions().length}; hear the next one from here`}
              title="Hear the next version from here (V)"
              onClick={() => props.studio.compare()}
            >
              {version().number}
            </button>
          )}
        </Show>
        <Show when={props.studio.isMaking()}>
          <button
            class="plain"
            type="button"
            aria-label="Stop making"
            title="Stop making"
            onClick={() => void props.studio.stop()}
          >
            <StopIcon />
          </button>
        </Show>
        <Show when={wasCutShort()}>
          <button
            class="plain"
            type="button"
            aria-label="Make it again"
            title="Make it again"
            onClick={() => props.studio.makeAgain()}
          >
            <RetryIcon />
          </button>
        </Show>
        <Show when={!props.studio.isMaking() && !wasCutShort() && current()}>
          <button
            class="plain"
            type="button"
            aria-label="Make a version"
            title="Make a version"
            onClick={() => props.studio.desk.change(props.studio.playingTrack()!.id)}
          >
            <VersionIcon />
          </button>
        </Show>
      </div>
      <div class="volume">
        <button
          class="plain"
          type="button"
          aria-label={player().muted() ? "Unmute" : "Mute"}
          onClick={() => player().toggleMuted()}
        >
          <SpeakerIcon muted={player().muted()} />
        </button>
        <input
          type="range"
          aria-label="Volume"
          min="0"
          max="1"
          step="0.02"
          value={player().muted() ? 0 : player().volume()}
          onInput={(event) => player().setVolume(event.currentTarget.valueAsNumber)}
        />
      </div>
    </section>
  );
}
