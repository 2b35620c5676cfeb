// Reports the current piece to the browser's media session, so that lock screens can show the piece, and media keys can
// control the playback.
import { createEffect, onCleanup } from "solid-js";
import { coverPicture } from "../hear/cover-picture.ts";
import type { Player } from "./create-player.ts";

export interface MediaSessionOptions {
  player: Player;
  /** The duration of the current piece. While this is 0 or not finite (not known yet), no position is reported. */
  seconds(): number;
  /** The loudness of the current piece, from which its cover is drawn. Null: not known yet. */
  peaks(): string | null;
  previous(): void;
  next(): void;
}

export function createMediaSession(options: MediaSessionOptions): void {
  if (!("mediaSession" in navigator)) return;
  const { player } = options;
  const session = navigator.mediaSession;
  const handlers: Partial<Record<MediaSessionAction, MediaSessionActionHandler>> = {
    play: () => player.audio.paused && player.toggle(),
    pause: () => player.audio.paused || player.toggle(),
    previoustrack: () => options.previous(),
    nexttrack: () => options.next(),
    seekbackward: (details) => player.seekBy(-(details.seekOffset ?? 10)),
    seekforward: (details) => player.seekBy(details.seekOffset ?? 10),
    seekto: (details) => player.seek(details.seekTime ?? 0),
  };
  for (const [action, handler] of Object.entries(handlers)) {
    try {
      session.setActionHandler(action as MediaSessionAction, handler);
    } catch {
      // A browser throws for an action that it doesn't support. The other actions are still set.
    }
  }
  createEffect(() => {
    const piece = player.playing();
    session.metadata = piece ? new MediaMetadata({ title: piece.title, artist: "Rondo" }) : null;
    const peaks = options.peaks();
    const src = piece && peaks ? coverPicture(peaks) : undefined;
    if (src && session.metadata) session.metadata.artwork = [{ src, sizes: "512x512", type: "image/png" }];
  });
  createEffect(() => {
    session.playbackState = player.isSounding() ? "playing" : player.playing() ? "paused" : "none";
  });
  createEffect(() => {
    const duration = options.seconds();
    const position = player.seconds();
    if (player.playing() && Number.isFinite(duration) && duration > 0 && position <= duration)
      session.setPositionState({ duration, position, playbackRate: player.speed() });
    // Without this call, the lock screen would keep the position and the duration of the previous piece.
    else session.setPositionState();
  });
  onCleanup(() => {
    session.metadata = null;
  });
}
