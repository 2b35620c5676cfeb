// Connects the player, the generations and the library: the actions of the page. Knows no markup.
import { createEffect, createMemo, createSignal, on, onCleanup } from "solid-js";
import { createAccount } from "./account/create-account.ts";
import { audioUrl, startGeneration, startVersion, stopGeneration } from "./lib/api.ts";
import { noticeError } from "./lib/notices.ts";
import { type Peaks, wholePeaks } from "./lib/peaks.ts";
import { ensureSession } from "./lib/session.ts";
import type { ThingRef, TrackSummary, VersionSummary } from "./lib/wire.ts";
import { createDesk } from "./library/create-desk.ts";
import { createLibrary } from "./library/create-library.ts";
import { createTrash } from "./library/create-trash.ts";
import { newTrack, newVersion, titleOf } from "./library/new-track.ts";
import { latestVersion, revisionWords } from "./library/versions.ts";
import { createMakings } from "./making/create-makings.ts";
import { isFinal, lengthSeconds, type Making } from "./making/making.ts";
import { createMediaSession } from "./player/create-media-session.ts";
import { createPlayer, type Playable } from "./player/create-player.ts";
import { recallPlace, rememberPlace } from "./player/place.ts";

export function createStudio() {
  const [asking, setAsking] = createSignal(false);
  /** Pieces made on this page and not renamed: they get the composer's title. */
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
  const trash = createTrash(library);
  const account = createAccount(library);
  const desk = createDesk();
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

  /** The generated length in seconds. */
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

  /** After a reload, running generations are followed again. */
  function pickUp({ id, title, versions }: TrackSummary) {
    if (![...untitled.values()].includes(id)) player.retitle(id, title);
    for (const { requestId, state, durationMs } of versions)
      if (requestId && !isFinal(state))
        makings.follow(requestId, { title, plannedMs: durationMs ?? 60_000, state });
  }

  /** Sends a request for a piece, and opens it. If that fails, the previous piece is opened again. */
  async function opening<T>(ask: () => Promise<T>): Promise<T> {
    const before = player.playing();
    const at = player.seconds();
    setAsking(true);
    player.expect();
    try {
      return await ask();
    } catch (err) {
      player.release();
      if (before) player.open(before, { at, paused: true });
      throw err;
    } finally {
      setAsking(false);
    }
  }

  async function make(prompt: string, durationSeconds: number) {
    if (asking()) return;
    await opening(async () => {
      const started = await startGeneration({ prompt, durationSeconds });
      const title = titleOf(prompt);
      const track = newTrack(started, title, prompt, durationSeconds);
      untitled.set(started.requestId, started.trackId);
      followFirst(track, track.versions[0]!);
      player.fulfil(playableOf(track, track.versions[0]!));
      library.add(track);
    }).catch(noticeError);
  }

  /** Resolves to the understood changes, in sentences. Rejects with the server's error; playback continues. */
  async function change(track: TrackSummary, parent: VersionSummary, instruction: string): Promise<string> {
    const isSilent = !player.isSounding();
    const ask = async () => {
      const started = await startVersion(parent.id, instruction);
      const number = Math.max(...track.versions.map((one) => one.number)) + 1;
      const version = newVersion(started, parent, instruction, number);
      followFirst(track, version);
      library.addVersion(track.id, version);
      if (isSilent) player.fulfil(playableOf(track, version));
      else player.open(playableOf(track, version));
      // The instruction may have changed the title or the length.
      void library.load();
      return revisionWords(started);
    };
    return isSilent ? opening(ask) : ask();
  }

  function followFirst({ title }: TrackSummary, { requestId, durationMs, state }: VersionSummary) {
    makings.follow(requestId!, { title, plannedMs: durationMs ?? 60_000, state, first: true });
  }

  const stateOf = (version: VersionSummary) => makings.get(version.requestId)?.state ?? version.state;

  const playableOf = (track: TrackSummary, version: VersionSummary): Playable => ({
    versionId: version.id,
    trackId: track.id,
    requestId: version.requestId,
    title: track.title,
    prompt: version.prompt,
    url: audioUrl(version.id),
    growing: !isFinal(stateOf(version)),
    seconds: (version.durationMs ?? 0) / 1000,
  });

  const playingTrack = () => library.items().find((item) => item.id === player.playing()?.trackId);
  /** The version that represents a piece: the one that plays, else the newest. */
  const shownVersion = (track: TrackSummary) =>
    track.versions.find((one) => one.id === player.playing()?.versionId) ?? latestVersion(track);

  function open(
    track: TrackSummary,
    version = latestVersion(track),
    from: { at?: number; paused?: boolean } = {},
  ) {
    if (!version) return;
    const piece = playableOf(track, version);
    const known = { title: piece.title, plannedMs: piece.seconds * 1000, state: version.state };
    if (piece.requestId && !piece.growing) void makings.recall(piece.requestId, known);
    player.open(piece, from);
    const now = makings.get(piece.requestId);
    if (now) tellRate(now);
  }

  /** Plays a version. Another version of the current piece continues at the same position. */
  function play(track: TrackSummary, version = shownVersion(track)) {
    const now = player.playing();
    if (!version || now?.versionId === version.id) return player.toggle();
    open(track, version, { at: now?.trackId === track.id ? samePlaceIn(version) : 0 });
  }

  /** The position of the current version, limited to the length of the new one. */
  function samePlaceIn(version: VersionSummary): number {
    const now = makings.get(version.requestId);
    const made =
      now && !isFinal(now.state)
        ? now.generatedMs
        : ((now && lengthSeconds(now) * 1000) ?? version.durationMs ?? 0);
    return player.seconds() < made / 1000 - 1 ? player.seconds() : 0;
  }

  /** Plays the next version of the current piece at the same position, for comparison. */
  function compare() {
    const track = playingTrack();
    const versions = track?.versions.filter((one) => stateOf(one) !== "failed") ?? [];
    const at = versions.findIndex((one) => one.id === player.playing()?.versionId);
    const next = versions[(at + 1) % versions.length];
    if (track && next && versions.length > 1)
      open(track, next, { at: samePlaceIn(next), paused: !player.isSounding() });
  }

  async function remove(thing: ThingRef, title: string) {
    const gone = library
      .items()
      .flatMap((track) => track.versions.filter((one) => track.id === thing.id || one.id === thing.id));
    if (gone.some((one) => one.id === player.playing()?.versionId)) player.release();
    for (const { requestId } of gone) if (requestId) makings.forget(requestId);
    await trash.put(thing, title);
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

  // After a reload, the last piece is opened again at its position.
  createEffect(
    on(library.state, (state) => {
      const place = state === "ready" ? recallPlace() : undefined;
      const track = place && library.items().find((item) => item.id === place.trackId);
      if (track && !player.playing() && !asking())
        open(track, track.versions.find((one) => one.id === place.versionId) ?? latestVersion(track), {
          at: place.seconds,
          paused: !place.sounding,
        });
    }),
  );
  const reload = () => void library.load();
  addEventListener("online", reload);
  onCleanup(() => removeEventListener("online", reload));
  const remember = () => {
    const piece = player.playing();
    if (!piece) return;
    const { trackId, versionId } = piece;
    rememberPlace({ trackId, versionId, seconds: player.seconds(), sounding: player.isSounding() });
  };
  addEventListener("pagehide", remember);
  onCleanup(() => removeEventListener("pagehide", remember));

  createMediaSession({ player, seconds: duration, previous: () => step(-1), next: () => step(1) });
  void library.load();

  return {
    player,
    library,
    trash,
    account,
    desk,
    makings,
    asking,
    making,
    isMaking,
    duration,
    peaks,
    make,
    /** Requests a failed or stopped piece again. */
    makeAgain() {
      const piece = player.playing();
      const track = playingTrack();
      const version = track?.versions.find((one) => one.id === piece?.versionId);
      const parent = track?.versions.find((one) => one.id === version?.parentId);
      if (parent) void change(track!, parent, version!.instruction ?? "another take").catch(noticeError);
      else if (piece)
        void make(piece.prompt, Math.max(10, Math.round((making()?.plannedMs ?? 60_000) / 1000)));
    },
    stateOf,
    shownVersion,
    playingTrack,
    play,
    change,
    compare,
    remove,
    stop,
    next: () => step(1),
    previous: () => step(-1),
    /** Called when a person starts to type, so that everything is loaded before Enter. */
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
