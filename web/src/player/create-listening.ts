// Holds what the person listens to: the current piece, its version, how much of it is generated,
// and the queue of the pieces that come next.
import {
  createEffect,
  createMemo,
  createSelector,
  createSignal,
  getOwner,
  on,
  onCleanup,
  runWithOwner,
} from "solid-js";
import { audioUrl } from "../api/api.ts";
import { createEmitter } from "../signals/emitter.ts";
import { type Peaks, wholePeaks } from "../hear/peaks.ts";
import { stored } from "../storage/stored.ts";
import type { TrackSummary, VersionSummary } from "../api/wire.ts";
import type { Library } from "../library/create-library.ts";
import { latestVersion } from "../library/versions.ts";
import type { Makings } from "../making/create-makings.ts";
import { isFinal, lengthSeconds, type Making } from "../making/making.ts";
import { nextTask } from "../shell/next-task.ts";
import { createPlayer, type Playable } from "./create-player.ts";
import { recallPlace, rememberPlace } from "./place.ts";

/** The choice after the end of a piece: nothing, the next piece, the same piece again, or a new similar piece. */
export type AtEnd = "off" | "all" | "one" | "more";
const repeats: readonly AtEnd[] = ["off", "all", "one", "more"];
const keptRepeat = stored("rondo.repeat");

interface ListeningDeps {
  readonly makings: Makings;
  readonly library: Library;
}

export function createListening({ makings, library }: ListeningDeps) {
  const player = createPlayer({
    endOf: madeSeconds,
    isWhole: (piece) => !isGrowing(piece),
    onRefused: () => void library.load(),
    onEnded: () => {
      if (repeat() === "one") player.toggle();
      else if (repeat() === "all") step(1);
      else if (repeat() === "more") ended.emit();
    },
  });
  /** Notifies when a piece has ended, if the choice is `more` ("Keep going" on the page). */
  const ended = createEmitter<void>();
  const [repeat, setRepeat] = createSignal(repeats.find((one) => one === keptRepeat.read()) ?? "off");
  /** The ids of the tracks for "next" and "previous". If undefined, the library's list is used. */
  const [queue, setQueue] = createSignal<readonly string[]>();

  const making = () => makings.get(player.playing()?.requestId);
  const track = createMemo(() => library.get(player.playing()?.trackId));
  const version = createMemo(() => track()?.versions.find((one) => one.id === player.playing()?.versionId));
  const isMaking = () => {
    const now = making();
    return now !== undefined && !isFinal(now.state);
  };
  const duration = () => {
    const now = making();
    return (now && lengthSeconds(now)) || player.playing()?.seconds || 0;
  };
  const peaks = createMemo<Peaks | undefined>(() => {
    const requestId = player.playing()?.requestId;
    if (requestId && making()?.peaksGrown) return makings.peaks(requestId);
    const small = version()?.peaks;
    return small ? wholePeaks(small) : undefined;
  });

  function isGrowing(piece: Playable): boolean {
    const now = makings.get(piece.requestId);
    return now ? !isFinal(now.state) : piece.growing;
  }

  /** The generated length of the current piece in seconds; Infinity if the length is not known. */
  function madeSeconds(piece: Playable): number {
    const now = makings.get(piece.requestId);
    return now && isGrowing(piece) ? now.generatedMs / 1000 : duration() || Number.POSITIVE_INFINITY;
  }

  /** Sets the player's bytes per second. The player needs this rate to seek to audio that isn't in memory. */
  function tellRate({ plannedBytes, plannedMs }: Making) {
    if (plannedBytes) player.setRate((plannedBytes / plannedMs) * 1000);
  }
  makings.started.on((one) => {
    if (one.requestId === player.playing()?.requestId) tellRate(one);
  });

  const stateOf = (one: VersionSummary) => makings.get(one.requestId)?.state ?? one.state;

  const playableOf = (of: TrackSummary, one: VersionSummary): Playable => ({
    versionId: one.id,
    trackId: of.id,
    requestId: one.requestId,
    title: of.title,
    prompt: one.prompt,
    url: audioUrl(one.id),
    growing: !isFinal(stateOf(one)),
    seconds: (one.durationMs ?? 0) / 1000,
  });

  /** The version that represents a piece: the version that is playing, or else the piece's `latestVersion`. */
  const shownVersion = (of: TrackSummary) => (of.id === track()?.id && version()) || latestVersion(of);

  function open(of: TrackSummary, one = latestVersion(of), from: { at?: number; paused?: boolean } = {}) {
    if (!one) return;
    const piece = playableOf(of, one);
    if (piece.requestId && !piece.growing)
      void makings.recall(piece.requestId, {
        title: piece.title,
        plannedMs: piece.seconds * 1000,
        state: one.state,
      });
    player.open(piece, from);
    const now = makings.get(piece.requestId);
    if (now) tellRate(now);
  }

  /** The current position in seconds. 0 if `one` has less than a second of sound after this position. */
  function samePlaceIn(one: VersionSummary): number {
    const now = makings.get(one.requestId);
    const made = now
      ? isFinal(now.state)
        ? lengthSeconds(now)
        : now.generatedMs / 1000
      : (one.durationMs ?? 0) / 1000;
    return player.seconds() < made - 1 ? player.seconds() : 0;
  }

  /** Plays the neighbour in the queue. Does nothing if the queue lacks the neighbour or the current piece. */
  function step(by: 1 | -1) {
    const ids = queue() ?? library.items().map(({ id }) => id);
    const next = library.get(ids[ids.indexOf(player.playing()?.trackId ?? "") + by]);
    if (next && ids.includes(player.playing()?.trackId ?? "")) open(next);
  }

  // After a reload, the last piece is opened again at its position, even if it is far down in the list.
  let isRecalled = false;
  createEffect(
    on(library.state, async (state) => {
      if (state !== "ready" || isRecalled) return;
      isRecalled = true;
      const place = recallPlace();
      const found =
        place && library.items().length
          ? await library.find(place.trackId).catch(() => undefined)
          : undefined;
      // The list is drawn in this task, and the player in the next task.
      await nextTask();
      if (!place || !found || player.playing() || player.state() !== "idle") return;
      open(found, found.versions.find((one) => one.id === place.versionId) ?? latestVersion(found), {
        at: place.seconds,
        paused: !place.sounding,
      });
    }),
  );
  const remember = () => {
    const piece = player.playing();
    if (!piece) return;
    const { trackId, versionId } = piece;
    // A piece that has ended begins again from its start.
    const seconds = player.state() === "ended" ? 0 : player.seconds();
    rememberPlace({ trackId, versionId, seconds, sounding: player.isSounding() });
  };
  addEventListener("pagehide", remember);
  onCleanup(() => removeEventListener("pagehide", remember));
  /**
   * The address of the current piece, if the piece is complete and in the list, and more than half
   * of it was played. The position changes 20 times a second, but with this memo the effect below
   * runs only if the address changes.
   */
  const mostlyHeard = createMemo(() => {
    const piece = player.playing();
    const isMostlyHeard = !isMaking() && duration() > 0 && player.seconds() > duration() / 2;
    return piece && track() && isMostlyHeard ? piece.url : undefined;
  });
  // The piece is stored, so that it can be played again without a network.
  createEffect(() => {
    const url = mostlyHeard();
    if (url) void import("../storage/kept-sound.ts").then(({ keepSound }) => keepSound(url));
  });
  // The lock screen and media keys can wait until the page is shown.
  const owner = getOwner();
  void import("./create-media-session.ts").then(({ createMediaSession }) =>
    runWithOwner(owner, () =>
      createMediaSession({
        player,
        seconds: duration,
        peaks: () => version()?.peaks ?? null,
        previous: () => step(-1),
        next: () => step(1),
      }),
    ),
  );

  return {
    player,
    track,
    version,
    making,
    isMaking,
    duration,
    peaks,
    stateOf,
    shownVersion,
    /**
     * `isCurrent` returns whether a track is the current one. `isCurrentVersion` returns the same for a version. When
     * the current piece changes, only the computations that asked for the old or the new piece run again.
     */
    isCurrent: createSelector(() => player.playing()?.trackId),
    isCurrentVersion: createSelector(() => player.playing()?.versionId),
    repeat,
    ended,
    setRepeat(choice: AtEnd) {
      setRepeat(choice);
      keptRepeat.write(choice);
    },
    nextRepeat() {
      setRepeat(repeats[(repeats.indexOf(repeat()) + 1) % repeats.length]!);
      keptRepeat.write(repeat());
    },
    /**
     * Starts the player before the server has answered, because some browsers require that playback starts within the
     * person's gesture.
     */
    expect: player.expect,
    /** Plays a piece that was just requested. */
    begin(of: TrackSummary, one: VersionSummary) {
      const piece = playableOf(of, one);
      if (player.state() === "starting" && !player.playing()) player.fulfil(piece);
      else player.open(piece);
    },
    /**
     * Plays a version. If it is the current version, pauses or resumes it. Another version of the
     * current piece continues at the same position. `among` becomes the queue.
     */
    play(of: TrackSummary, one = shownVersion(of), among?: readonly string[]) {
      setQueue(among);
      const now = player.playing();
      if (!one || now?.versionId === one.id) return player.toggle();
      open(of, one, { at: now?.trackId === of.id ? samePlaceIn(one) : 0 });
    },
    /** Plays, or stays paused, at the same position in another version of the current piece. */
    hearInstead(one: VersionSummary) {
      const of = track();
      if (of && one.id !== version()?.id)
        open(of, one, { at: samePlaceIn(one), paused: !player.isSounding() });
    },
    /** Continues at the same position in another piece, to compare two takes. */
    hearTake(of: TrackSummary) {
      const one = latestVersion(of);
      if (one && of.id !== track()?.id) open(of, one, { at: samePlaceIn(one), paused: !player.isSounding() });
    },
    next: () => step(1),
    previous: () => step(-1),
    /** `gone` are deleted versions. Stops playback if the current version is one of them. Forgets their generations. */
    leave(gone: readonly VersionSummary[]) {
      if (gone.some((one) => one.id === player.playing()?.versionId)) player.release();
      for (const { requestId } of gone) if (requestId) makings.forget(requestId);
    },
  };
}

export type Listening = ReturnType<typeof createListening>;
