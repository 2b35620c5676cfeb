// Joins the player, the makings and the library: what the page can do, as a few verbs. Knows no markup.
import { createEffect, createMemo, createSignal, on, onCleanup } from "solid-js";
import { audioUrl, ensureSession, startGeneration, stopGeneration } from "./lib/api.ts";
import { noticeError } from "./lib/notices.ts";
import { type Peaks, wholePeaks } from "./lib/peaks.ts";
import type { TrackSummary } from "./lib/wire.ts";
import { createLibrary, latestVersion } from "./library/create-library.ts";
import { newTrack, titleOf } from "./library/new-track.ts";
import { createMakings } from "./making/create-makings.ts";
import { isFinal, lengthSeconds, type Making } from "./making/making.ts";
import { createMediaSession } from "./player/create-media-session.ts";
import { createPlayer, type Playable } from "./player/create-player.ts";
import { recallPlace, rememberPlace } from "./player/place.ts";

export function createStudio() {
  const [asking, setAsking] = createSignal(false);
  /** Made here and not named by a person: they take the composer's title. */
  const untitled = new Map<string, string>();
  const makings = createMakings({
    onStarted(making) {
      const trackId = untitled.get(making.requestId);
      if (trackId) retitle(trackId, making.title);
      if (making.requestId === player.playing()?.requestId) tellRate(making);
    },
    onFinished: () => void library.load(),
  });
  const library = createLibrary((items) => items.forEach(pickUp));
  const player = createPlayer({ endOf: madeSeconds, isWhole: (piece) => !isGrowing(piece) });

  const making = () => makings.get(player.playing()?.requestId);
  const duration = () => {
    const now = making();
    return (now && lengthSeconds(now)) || player.playing()?.seconds || 0;
  };
  const isMaking = () => {
    const now = making();
    return now !== undefined && !isFinal(now.state);
  };
  const peaks = createMemo<Peaks | undefined>(() => {
    const piece = player.playing();
    if (!piece) return undefined;
    if (making()?.peaksGrown) return makings.peaks(piece.requestId!);
    const small = library
      .items()
      .flatMap((track) => track.versions)
      .find((one) => one.id === piece.versionId)?.peaks;
    return small ? wholePeaks(small) : undefined;
  });

  function isGrowing(piece: Playable): boolean {
    const now = makings.get(piece.requestId);
    return now ? !isFinal(now.state) : piece.growing;
  }

  /** Seconds that can be heard now. */
  function madeSeconds(piece: Playable): number {
    const now = makings.get(piece.requestId);
    return now && isGrowing(piece) ? now.generatedMs / 1000 : duration() || Number.POSITIVE_INFINITY;
  }

  function retitle(trackId: string, title: string) {
    library.retitle(trackId, title);
    player.retitle(trackId, title);
  }

  /** The bytes of a second, which a seek to sound that isn't in memory needs. */
  function tellRate({ plannedBytes, plannedMs }: Making) {
    if (plannedBytes) player.setRate((plannedBytes / plannedMs) * 1000);
  }

  /** Something found still being made after a reload is followed again. */
  function pickUp(track: TrackSummary) {
    const version = latestVersion(track);
    if (!version?.requestId || isFinal(version.state)) return;
    const { requestId, state } = version;
    makings.follow(requestId, { title: track.title, plannedMs: version.durationMs ?? 60_000, state });
  }

  async function make(prompt: string, durationSeconds: number) {
    if (asking()) return;
    const before = player.playing();
    const at = player.seconds();
    setAsking(true);
    player.expect();
    try {
      const started = await startGeneration({ prompt, durationSeconds });
      const { requestId, trackId, versionId } = started;
      const title = titleOf(prompt);
      untitled.set(requestId, trackId);
      makings.follow(requestId, { title, plannedMs: durationSeconds * 1000, state: "queued", first: true });
      player.fulfil({
        ...{ requestId, trackId, versionId, title, prompt },
        url: audioUrl(versionId),
        growing: true,
        seconds: durationSeconds,
      });
      library.add(newTrack(started, title, prompt, durationSeconds));
    } catch (err) {
      player.release();
      if (before) player.open(before, { at, paused: true });
      noticeError(err);
    } finally {
      setAsking(false);
    }
  }

  function playableOf(track: TrackSummary): Playable | undefined {
    const version = latestVersion(track);
    if (!version) return undefined;
    const state = makings.get(version.requestId)?.state ?? version.state;
    return {
      versionId: version.id,
      trackId: track.id,
      requestId: version.requestId,
      title: track.title,
      prompt: version.prompt,
      url: audioUrl(version.id),
      growing: !isFinal(state),
      seconds: (version.durationMs ?? 0) / 1000,
    };
  }

  function open(track: TrackSummary, from: { at?: number; paused?: boolean } = {}) {
    const piece = playableOf(track);
    if (!piece) return;
    const known = { title: piece.title, plannedMs: piece.seconds * 1000, state: latestVersion(track)!.state };
    if (piece.requestId && !piece.growing) void makings.recall(piece.requestId, known);
    player.open(piece, from);
    const now = makings.get(piece.requestId);
    if (now) tellRate(now);
  }

  function play(track: TrackSummary) {
    if (player.playing()?.trackId === track.id) player.toggle();
    else open(track);
  }

  function step(by: 1 | -1) {
    const items = library.items();
    const at = items.findIndex((item) => item.id === player.playing()?.trackId);
    const track = items[at + by];
    if (at >= 0 && track) open(track);
  }

  async function stop() {
    const requestId = player.playing()?.requestId;
    if (requestId) await stopGeneration(requestId).catch(noticeError);
  }

  // What played before a reload is there again, at the place where it stood.
  createEffect(
    on(library.state, (state) => {
      const place = state === "ready" ? recallPlace() : undefined;
      const track = place && library.items().find((item) => item.id === place.trackId);
      if (track && !player.playing() && !asking())
        open(track, { at: place.seconds, paused: !place.sounding });
    }),
  );
  const reload = () => void library.load();
  addEventListener("online", reload);
  onCleanup(() => removeEventListener("online", reload));
  const remember = () => {
    const piece = player.playing();
    if (piece)
      rememberPlace({ trackId: piece.trackId, seconds: player.seconds(), sounding: player.isSounding() });
  };
  addEventListener("pagehide", remember);
  onCleanup(() => removeEventListener("pagehide", remember));

  createMediaSession({ player, seconds: duration, previous: () => step(-1), next: () => step(1) });
  void library.load();

  return {
    player,
    library,
    makings,
    asking,
    making,
    isMaking,
    duration,
    peaks,
    make,
    /** Asks once more for what failed or was stopped. */
    makeAgain() {
      const piece = player.playing();
      if (piece) void make(piece.prompt, Math.max(10, Math.round((making()?.plannedMs ?? 60_000) / 1000)));
    },
    play,
    stop,
    next: () => step(1),
    previous: () => step(-1),
    /** Called while a person starts to type, so that Enter finds everything warm. */
    warmUp() {
      player.prepare();
      ensureSession().catch(() => undefined);
    },
    async rename(trackId: string, title: string) {
      for (const [requestId, id] of untitled) if (id === trackId) untitled.delete(requestId);
      player.retitle(trackId, title);
      await library.rename(trackId, title);
    },
  };
}

export type Studio = ReturnType<typeof createStudio>;
