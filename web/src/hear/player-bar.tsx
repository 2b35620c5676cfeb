// Shows the player bar: the piece that plays, its waveform and position, the buttons for it, and
// the volume.
import { Show } from "solid-js";
import { clockOf } from "../i18n/clock.ts";
import { follow, pieceAddress } from "../address/address.ts";
import { isOpenEnded, shortWords } from "../making/making.ts";
import { wordsOf } from "../making/words.ts";
import {
  HeartIcon,
  NextIcon,
  PauseIcon,
  PlayIcon,
  RetryIcon,
  SpeakerIcon,
  StopIcon,
} from "../shell/icons.tsx";
import { useLibrary, useMaking, usePlayer } from "../studio.tsx";
import { PlayerMenu } from "./player-menu.tsx";
import { Waveform } from "./waveform.tsx";
import "./player-bar.css";
import { t } from "../i18n/translate.ts";

export default function PlayerBar() {
  const library = useLibrary();
  const listening = usePlayer();
  const making = useMaking();
  const { player } = listening;
  const failed = () => player.state() === "failed";
  const label = () => t(failed() ? "Try again" : player.isSounding() ? "Pause" : "Play");
  const words = () => wordsOf(listening, making.isAsking(), shortWords);

  return (
    <section class="bar" aria-label={t("Player")}>
      <div class="transport">
        <button class="plain" type="button" aria-label={t("Previous")} onClick={listening.previous}>
          <NextIcon back />
        </button>
        <button class="round" type="button" aria-label={label()} onClick={() => player.toggle()}>
          <Show when={!failed()} fallback={<RetryIcon />}>
            <Show when={player.isSounding()} fallback={<PlayIcon />}>
              <PauseIcon />
            </Show>
          </Show>
        </button>
        <button class="plain" type="button" aria-label={t("Next")} onClick={listening.next}>
          <NextIcon />
        </button>
      </div>
      <div class="playing">
        <p class="title">
          <a dir="auto" href={pieceAddress(player.playing()?.trackId ?? "")} onClick={follow}>
            {player.playing()?.title}
          </a>
        </p>
        <p class="status" dir="auto">
          {words() || listening.version()?.instruction || player.playing()?.prompt}
        </p>
      </div>
      <Waveform
        peaks={listening.peaks()}
        grown={listening.making()?.peaksGrown ?? 0}
        making={listening.making()}
        seconds={player.seconds()}
        duration={listening.duration()}
        onSeek={player.seek}
      />
      <p class="clock">
        <span class="clock-now">{clockOf(player.seconds())}</span> /{" "}
        {isOpenEnded(listening.making()) ? "∞" : clockOf(listening.duration())}
      </p>
      <div class="acts">
        <Show when={listening.isMaking()}>
          <button
            class="plain"
            type="button"
            aria-label={t("Stop making")}
            title={t("Stop making")}
            onClick={() => void making.stop()}
          >
            <StopIcon />
          </button>
        </Show>
        <Show when={listening.track()}>
          {(track) => (
            <button
              class="plain"
              classList={{ on: Boolean(track().likedAt) }}
              type="button"
              aria-label={t("Like")}
              aria-pressed={Boolean(track().likedAt)}
              title={t("Like")}
              onClick={() => void library.like(track().id, !track().likedAt)}
            >
              <HeartIcon filled={Boolean(track().likedAt)} />
            </button>
          )}
        </Show>
        <PlayerMenu />
      </div>
      <div class="volume">
        <button
          class="plain"
          type="button"
          aria-label={t(player.muted() ? "Unmute" : "Mute")}
          onClick={() => player.toggleMuted()}
        >
          <SpeakerIcon muted={player.muted()} />
        </button>
        <input
          type="range"
          aria-label={t("Volume")}
          min="0"
          max="1"
          step="0.02"
          value={player.muted() ? 0 : player.volume()}
          onInput={(event) => player.setVolume(event.currentTarget.valueAsNumber)}
        />
      </div>
    </section>
  );
}
