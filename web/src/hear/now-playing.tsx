// Shows the waveform of the current piece as a ring. The title of the piece and the progress of the
// generation are inside the ring. If the generation failed or was cancelled, a button makes the
// piece again. Without a piece, the ring shows the form of a rondo (A B A C A).
import { Show } from "solid-js";
import { follow, pieceAddress } from "../address/address.ts";
import { progressWords } from "../making/making.ts";
import { sectionWords, wordsOf } from "../making/words.ts";
import { useMaking, usePlayer } from "../studio.tsx";
import { Ring } from "./ring.tsx";
import "./now-playing.css";
import { t } from "../i18n/translate.ts";

export function NowPlaying() {
  const listening = usePlayer();
  const making = useMaking();
  const { player } = listening;
  const words = () => wordsOf(listening, making.isAsking(), progressWords) || sectionWords(listening);
  const state = () => listening.making()?.state;

  return (
    <section class="now" aria-label={t("Now playing")}>
      <Ring
        peaks={listening.peaks()}
        grown={listening.making()?.peaksGrown ?? 0}
        sections={listening.making()?.sections ?? []}
        seconds={player.seconds()}
        duration={listening.duration()}
        active={player.playing() !== undefined || making.isAsking()}
        onSeek={player.seek}
      />
      <div class="inside">
        <Show when={player.playing()} fallback={<p class="words">{making.isAsking() ? words() : ""}</p>}>
          {(piece) => (
            <>
              <a class="now-title" href={pieceAddress(piece().trackId)} onClick={follow}>
                {piece().title}
              </a>
              <p class="words">
                <Show when={state() === "failed"}>{t("This one didn’t finish.")} </Show>
                {words()}
              </p>
              <Show when={state() === "failed" || state() === "cancelled"}>
                <button class="solid" type="button" onClick={() => making.makeAgain()}>
                  {t(state() === "failed" ? "Try again" : "Make it again")}
                </button>
              </Show>
            </>
          )}
        </Show>
      </div>
    </section>
  );
}
