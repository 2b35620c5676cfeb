// The volume of the player. The browser stores it, but not whether it is muted.
import { createEffect, createSignal, on } from "solid-js";

const VOLUME = "rondo.volume";

export function createVolume(audio: HTMLAudioElement) {
  const [volume, setVolume] = createSignal(storedVolume());
  const [muted, setMuted] = createSignal(false);
  createEffect(() => {
    audio.volume = volume();
    audio.muted = muted();
  });
  createEffect(on(volume, (level) => localStorage.setItem(VOLUME, String(level)), { defer: true }));
  return {
    /** 0 to 1. */
    volume,
    muted,
    setVolume(level: number) {
      setVolume(Math.max(0, Math.min(1, level)));
      setMuted(false);
    },
    toggleMuted: () => setMuted((is) => !is),
  };
}

function storedVolume(): number {
  const stored = Number.parseFloat(localStorage.getItem(VOLUME) ?? "");
  return stored >= 0 && stored <= 1 ? stored : 1;
}
