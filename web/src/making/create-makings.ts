// Holds the state and the waveform of each generation by request id, and updates both from the
// generation's event stream.
import { onCleanup } from "solid-js";
import { createStore, produce } from "solid-js/store";
import { getGeneration } from "../api/api.ts";
import { createEmitter } from "../signals/emitter.ts";
import { createPeaks, type Peaks } from "../hear/peaks.ts";
import type { GenerationEvent, GenerationState } from "../api/wire.ts";
import { BEGINNING, followEvents } from "./follow-events.ts";
import { isFinal, type Making } from "./making.ts";

export interface Known {
  title: string;
  plannedMs: number;
  state: GenerationState;
  isEndless?: boolean;
}

/**
 * The maximum number of open event streams. Browsers allow six connections per host, and audio and requests need some
 * of these connections.
 */
const FOLLOWED_MAX = 3;
/** The pause before the server is asked again for the place in the queue. Usually an event tells the place earlier. */
const ASK_PLACE_MS = 3000;

export function createMakings() {
  /** Notifies when the generator has decided on a title and a plan. */
  const started = createEmitter<Making>();
  /** Notifies when a followed generation has reached a final state. `recall` does not notify. */
  const finished = createEmitter<Making>();
  const [makings, setMakings] = createStore<Record<string, Making>>({});
  const peaks = new Map<string, Peaks>();
  const following = new Map<string, () => void>();
  const offsets = new Map<string, string>();
  const waiting: string[] = [];

  const change = (requestId: string, edit: (making: Making) => void) => setMakings(requestId, produce(edit));
  const end = (requestId: string) => {
    // The last event and the end of the event stream both call this function. Only the first call starts a waiting
    // stream.
    if (!following.has(requestId)) return;
    following.get(requestId)?.();
    following.delete(requestId);
    const next = waiting.shift();
    if (next) start(next);
  };

  function begin(requestId: string, known: Known) {
    peaks.set(requestId, createPeaks());
    setMakings(requestId, {
      ...known,
      requestId,
      plannedBytes: undefined,
      generatedMs: 0,
      bar: undefined,
      reason: undefined,
      sections: [],
      chords: [],
      peaksGrown: 0,
    });
  }

  function apply(requestId: string, events: GenerationEvent[]) {
    const before = makings[requestId]!.state;
    change(requestId, (making) => {
      for (const event of events) applyEvent(making, event, peaks.get(requestId)!);
    });
    const after = makings[requestId]!;
    if (events.some((event) => event.type === "started")) started.emit(after);
    if (!isFinal(after.state)) return;
    end(requestId);
    if (!isFinal(before)) finished.emit(after);
  }

  /** Requests the place in the queue every `ASK_PLACE_MS`, until the place is known or not needed. */
  async function askPlace(requestId: string) {
    await new Promise((resolve) => setTimeout(resolve, ASK_PLACE_MS));
    const isUnknown = () =>
      makings[requestId]?.state === "queued" && !makings[requestId].queue?.at && following.has(requestId);
    if (!isUnknown()) return;
    const status = await getGeneration(requestId).catch(() => undefined);
    if (status && isUnknown()) setMakings(requestId, "queue", status.queue);
    void askPlace(requestId);
  }

  /**
   * Requests the status of a generation whose event stream can't be read. The status shows whether and how the
   * generation ended.
   */
  async function check(requestId: string) {
    const status = await getGeneration(requestId).catch(() => undefined);
    if (!status || !following.has(requestId)) return;
    change(requestId, (making) => {
      making.state = status.state;
      making.generatedMs = Math.max(making.generatedMs, status.generatedMs);
      making.plannedMs = status.plannedMs ?? making.plannedMs;
      making.reason = status.reason ?? undefined;
      making.generatorEnd = status.generatorEnd;
    });
    if (!isFinal(status.state)) return;
    end(requestId);
    finished.emit(makings[requestId]!);
  }

  function start(requestId: string) {
    const stop = followEvents(requestId, offsets.get(requestId) ?? BEGINNING, {
      onEvents: (events, offset) => {
        offsets.set(requestId, offset);
        apply(requestId, events);
      },
      onClosed: () => end(requestId),
      onBroken: () => void check(requestId),
    });
    following.set(requestId, stop);
    void askPlace(requestId);
  }

  /**
   * If `FOLLOWED_MAX` event streams are open, pauses the stream that has been open the longest. The paused stream
   * continues later, after the last event that was received.
   */
  function makeWay() {
    const [longest] = following.keys();
    if (longest === undefined || following.size < FOLLOWED_MAX) return;
    following.get(longest)?.();
    following.delete(longest);
    waiting.push(longest);
  }

  onCleanup(() => {
    for (const stop of following.values()) stop();
    // `askPlace` stops when the generation is no longer in this map.
    following.clear();
  });

  return {
    started,
    finished,
    get: (requestId: string | null | undefined): Making | undefined =>
      requestId ? makings[requestId] : undefined,
    peaks: (requestId: string): Peaks | undefined => peaks.get(requestId),
    /**
     * Follows a generation's events from the first to the last. If `FOLLOWED_MAX` event streams are open, the new
     * stream waits until another stream ends. If `first` is true, the new stream does not wait: instead, the stream
     * that has been open the longest is paused. The call does nothing if `follow` or `recall` was called with this
     * request id before.
     */
    follow(requestId: string, known: Known & { first?: boolean }) {
      if (makings[requestId]) return;
      begin(requestId, known);
      if (known.first) makeWay();
      if (following.size < FOLLOWED_MAX) start(requestId);
      else waiting.push(requestId);
    },
    /** Forgets a deleted generation. If the generation is restored, its state comes from the list of tracks. */
    forget(requestId: string) {
      const at = waiting.indexOf(requestId);
      if (at >= 0) waiting.splice(at, 1);
      if (following.has(requestId)) end(requestId);
      offsets.delete(requestId);
      peaks.delete(requestId);
      setMakings(requestId, undefined!);
    },
    /**
     * Loads the sections and the waveform of a finished piece. If loading fails, both stay empty,
     * and no error is thrown. The call does nothing if `follow` or `recall` was called with this
     * request id before.
     */
    async recall(requestId: string, known: Known) {
      if (makings[requestId]) return;
      begin(requestId, known);
      // The first view doesn't need this code, so the code is loaded only when a finished piece is opened.
      const events = await import("./read-events.ts").then((it) => it.readEvents(requestId)).catch(() => []);
      change(requestId, (making) => {
        for (const event of events)
          if (event.type === "progress" || event.type === "cancelled")
            applyEvent(making, event, peaks.get(requestId)!);
      });
    },
  };
}

export type Makings = ReturnType<typeof createMakings>;

function applyEvent(making: Making, event: GenerationEvent, peaks: Peaks): void {
  if (event.type === "progress") {
    const { section, bar } = event;
    if (section && section !== making.sections.at(-1)?.name)
      making.sections.push({ name: section, fromMs: event.startMs });
    making.generatedMs = event.generatedMs;
    making.secondsLeft = event.secondsLeft;
    if (bar !== undefined) making.bar = bar;
    for (const { chords } of event.bars ?? []) making.chords.push(...chords);
    if (!event.peaks) return;
    peaks.append(event.peaks);
    making.peaksGrown++;
    return;
  }
  // A report of the generator is ignored, because the worker sends a progress event when audio arrives.
  if (event.type === "report") return;
  if (event.type === "queue") {
    making.queue = event;
    return;
  }
  if (event.type === "started") {
    making.state = "running";
    making.title = event.title;
    making.isEndless = event.plannedMs === null;
    making.plannedMs = event.plannedMs ?? making.plannedMs;
    making.plannedBytes = event.plannedBytes ?? undefined;
    return;
  }
  making.state = event.type;
  making.reason = event.reason;
  making.generatorEnd = event.generatorEnd;
}
