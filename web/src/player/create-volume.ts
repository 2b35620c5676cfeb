// Manages the volume of the player. The browser stores the volume, but not whether the player is muted.
import { createEffect, createSignal, on } from "solid-js";
import { stored } from "../storage/stored.ts";

const kept = stored("rondo.volume");

export function createVolume(audio: HTMLAudioElement) {
  const [volume, setVolume] = createSignal(storedVolume());
  const [muted, setMuted] = createSignal(false);
  createEffect(() => {
    audio.volume = volume();
    audio.muted = muted();
  });
  createEffect(on(volume, kept.write, { defer: true }));
  return {
    /** 0 to 1. */
    volume,
    muted,
    /** Limits the level to 0 to 1, and ends the muting. */
    setVolume(level: number) {
      setVolume(Math.max(0, Math.min(1, level)));
      setMuted(false);
    },
    toggleMuted: () => setMuted((is) => !is),
  };
}

function storedVolume(): number {
  const level = kept.read();
  return typeof level === "number" && level >= 0 && level <= 1 ? level : 1;
}
