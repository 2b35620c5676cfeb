// Controls the player of the page: the current piece, its position and its controls. The player doesn't know the lists
// of pieces.
import { t } from "../i18n/translate.ts";
import { createEffect, createSignal, onCleanup } from "solid-js";
import { createVolume } from "./create-volume.ts";
import { createGrowingSource, findSourceClass, type GrowingSource } from "./growing-source.ts";

export interface Playable {
  versionId: string;
  trackId: string;
  requestId: string | null;
  title: string;
  prompt: string;
  url: string;
  /** Whether the piece was still being generated at the creation of this object. If so, the piece can get longer. */
  growing: boolean;
  seconds: number;
}

/** The state of playback. */
export type PlayerState =
  "idle" | "starting" | "playing" | "paused" | "waiting" | "offline" | "ended" | "failed";

export interface PlayerOptions {
  /** The generated length of the current piece in seconds; seeks are limited to it. */
  endOf(playing: Playable): number;
  /** Whether the piece is complete, so that nothing will be added to it. */
  isWhole(playing: Playable): boolean;
  /**
   * Called when the server has refused audio, or several tries to load the audio have failed. A possible reason is that
   * the session has ended.
   */
  onRefused?(): void;
  /** Called when the piece was played to its end. */
  onEnded?(): void;
}

const PLAIN_RETRIES = 4;
const FRAME_MS = 50;

export function createPlayer(options: PlayerOptions) {
  const audio = document.createElement("audio");
  audio.preload = "auto";
  document.body.append(audio);
  const Source = findSourceClass();

  const [playing, setPlaying] = createSignal<Playable>();
  const [state, setState] = createSignal<PlayerState>("idle");
  const [seconds, setSeconds] = createSignal(0);
  const [failure, setFailure] = createSignal<string>();
  const [speed, setSpeed] = createSignal(1);
  const volume = createVolume(audio);
  let growing: GrowingSource | undefined;
  let prepared: GrowingSource | undefined;
  let retries = 0;
  let wanted = false;
  /** The position in seconds to which the audio element is moved as soon as the element has its metadata. */
  let startAt: number | undefined;

  const position = (): number => startAt ?? audio.currentTime;

  /**
   * The position in seconds, limited to the real length of a complete piece. A stopped piece is shorter than its first
   * bytes declare, and at its end browsers report the declared length as the position.
   */
  const heardSeconds = (): number => {
    const piece = playing();
    return piece && options.isWhole(piece) ? Math.min(position(), options.endOf(piece)) : position();
  };
  const end = () => {
    wanted = false;
    setState("ended");
    options.onEnded?.();
  };
  const fail = (words: string) => {
    setFailure(words);
    setState("failed");
    wanted = false;
    // Without this call, the element would wait for more audio.
    audio.pause();
  };
  const makeGrowing = (Class: NonNullable<typeof Source>) => {
    startAt = undefined;
    return createGrowingSource(audio, Class, {
      onWaitingForNetwork: (waiting) => {
        if (waiting && audio.readyState < 3) setState("offline");
        else if (state() === "offline") setState(audio.paused ? "paused" : "playing");
      },
      onRefusing: () => options.onRefused?.(),
      onRefused: (status) =>
        fail(status === 404 ? t("This piece no longer exists.") : t("The audio could not be loaded.")),
    });
  };

  const listen = (type: keyof HTMLMediaElementEventMap, run: () => void) => {
    audio.addEventListener(type, run);
    onCleanup(() => audio.removeEventListener(type, run));
  };
  listen("playing", () => {
    retries = 0;
    setFailure(undefined);
    setState("playing");
  });
  listen("pause", () => {
    if (!audio.ended && playing() && state() !== "failed") setState("paused");
  });
  listen("waiting", () => {
    if (playing() && !audio.paused && state() !== "starting")
      setState(navigator.onLine ? "waiting" : "offline");
  });
  listen("timeupdate", () => setSeconds(heardSeconds()));
  listen("loadedmetadata", () => {
    const at = startAt;
    startAt = undefined;
    if (at && !isUnseekable()) audio.currentTime = at;
    setSeconds(heardSeconds());
  });
  listen("seeked", () => setSeconds(heardSeconds()));
  listen("ended", () => {
    end();
  });
  listen("error", () => {
    const piece = playing();
    if (!piece) return;
    // The audio of a stopped piece ends before the length that its first bytes declare.
    if (piece.growing && options.isWhole(piece) && seconds() > options.endOf(piece) - 1.5) {
      return end();
    }
    if (growing) return fail(t("This browser could not play the audio."));
    if (retries++ >= PLAIN_RETRIES) {
      options.onRefused?.();
      return fail(t("The audio could not be loaded."));
    }
    setState(navigator.onLine ? "waiting" : "offline");
    const again = () => {
      // Meanwhile, another piece may have been opened.
      if (playing()?.versionId === piece.versionId) reopen(seconds());
    };
    if (navigator.onLine) setTimeout(again, 300 * 2 ** retries);
    else addEventListener("online", again, { once: true });
  });

  // The element reports the time only four times a second. The ring (ring.tsx) shows the position and has to move
  // smoothly, so the position is read more often here.
  createEffect(() => {
    if (state() !== "playing") return;
    let shown = 0;
    let frame = requestAnimationFrame(function look(now) {
      if (now - shown > FRAME_MS) {
        shown = now;
        setSeconds(heardSeconds());
      }
      frame = requestAnimationFrame(look);
    });
    onCleanup(() => cancelAnimationFrame(frame));
  });
  onCleanup(() => {
    growing?.close();
    audio.remove();
  });

  function start() {
    wanted = true;
    audio.play().catch((err: DOMException) => {
      // Before the person's first gesture, a browser can refuse to play. Then the piece waits for the play button.
      if (err.name === "NotAllowedError") setState("paused");
      else if (err.name === "NotSupportedError") fail(t("This browser could not play the audio."));
    });
  }

  function load(url: string, at = 0) {
    audio.src = url;
    moveTo(at);
  }

  /**
   * Moves the element to a position in seconds. If the element has no metadata yet, the move waits for the metadata.
   * This avoids a fault in WebKitGTK: if a position is set too early, the element reports that it plays, but makes no
   * sound and stays at the position until it is paused.
   */
  function moveTo(at: number) {
    if (audio.readyState > 0) audio.currentTime = at;
    else startAt = at;
  }

  /** Opens the current piece again, at a position in seconds. Plays it if playback is wanted. */
  function reopen(at: number) {
    const piece = playing();
    if (!piece) return;
    growing?.close();
    growing = piece.growing && Source ? makeGrowing(Source) : undefined;
    if (growing) growing.open(piece.url, at);
    else load(piece.url, at);
    setFailure(undefined);
    if (wanted) start();
  }

  /**
   * Whether the browser can't seek in the opened audio, so that a seek would never end. This happens in WebKitGTK if
   * the audio was opened while the piece was being generated: the response then has no length, and WebKitGTK, which has
   * no Media Source for MP3, can't seek in such a response.
   */
  const isUnseekable = () => !growing && audio.readyState > 0 && audio.seekable.length === 0;

  function seek(to: number) {
    const piece = playing();
    if (!piece) return;
    const at = Math.max(0, Math.min(to, options.endOf(piece) - 0.25));
    // A complete piece is opened again at the wanted position, because its new response has a length. In an incomplete
    // piece, the seek is ignored.
    if (isUnseekable()) return options.isWhole(piece) ? reopen(at) : undefined;
    setSeconds(at);
    if (growing) growing.seek(at);
    else moveTo(at);
  }

  return {
    audio,
    playing,
    state,
    seconds,
    failure,
    ...volume,
    /** The speed of playback; 1 is the normal speed. The pitch doesn't depend on it. */
    speed,
    setSpeed(factor: number) {
      // When another piece is opened, the element resets the speed to its default.
      audio.defaultPlaybackRate = audio.playbackRate = factor;
      setSpeed(factor);
    },
    isSounding: () => state() === "playing" || state() === "waiting" || state() === "starting",
    /** Creates the source early, while a person is still typing, so that playback starts sooner. */
    prepare() {
      if (Source && !prepared && !playing()) prepared = makeGrowing(Source);
    },
    /**
     * Starts the element before the server has answered. Call this in the handler of the person's click or key press,
     * because browsers allow playback only there. Without Media Source, the element is started later, by `fulfil`.
     */
    expect() {
      growing?.close();
      growing = prepared ?? (Source && makeGrowing(Source));
      prepared = undefined;
      setPlaying(undefined);
      setSeconds(0);
      setFailure(undefined);
      setState("starting");
      if (growing) start();
    },
    /** Cancels `expect`, and closes the current piece. */
    release() {
      growing?.close();
      growing = startAt = undefined;
      wanted = false;
      setPlaying(undefined);
      audio.removeAttribute("src");
      audio.load();
      setState("idle");
    },
    /** Opens the piece for which `expect` was called. */
    fulfil(piece: Playable) {
      setPlaying(piece);
      if (growing) return growing.open(piece.url, 0);
      load(piece.url);
      start();
    },
    /** Opens a piece at the position `at`, in seconds, and plays the piece. If `paused`, does not play it. */
    open(piece: Playable, from: { at?: number; paused?: boolean } = {}) {
      prepared?.close();
      prepared = undefined;
      setPlaying(piece);
      setSeconds(from.at ?? 0);
      setState(from.paused ? "paused" : "starting");
      wanted = !from.paused;
      retries = 0;
      reopen(from.at ?? 0);
    },
    setRate: (bytesPerSecond: number) => growing?.setRate(bytesPerSecond),
    retitle: (trackId: string, title: string) =>
      setPlaying((piece) => (piece?.trackId === trackId ? { ...piece, title } : piece)),
    toggle() {
      if (!playing()) return;
      if (state() === "failed") {
        retries = 0;
        wanted = true;
        setState("starting");
        reopen(seconds());
      } else if (audio.paused) {
        if (state() === "ended") seek(0);
        start();
      } else {
        wanted = false;
        audio.pause();
      }
    },
    seek,
    seekBy: (delta: number) => seek(position() + delta),
  };
}

export type Player = ReturnType<typeof createPlayer>;
