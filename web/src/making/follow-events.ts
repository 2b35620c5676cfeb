// Reads a generation's event stream over SSE from any offset, and goes on from the last one when the line breaks.
import { eventsUrl } from "../lib/api.ts";
import type { GenerationEvent } from "../lib/wire.ts";

export interface FollowHandlers {
  /** `offset` is the place after them. */
  onEvents(events: GenerationEvent[], offset: string): void;
  /** The stream is whole: nothing will follow. */
  onClosed(): void;
  /** The line broke `failures` times in a row; it is being tried again. */
  onBroken(failures: number): void;
}

interface Control {
  streamNextOffset: string;
  streamClosed?: boolean;
}

const RETRY_MS_MAX = 8000;

/** Where a stream begins. */
export const BEGINNING = "-1";

/** Returns the way to stop following. */
export function followEvents(requestId: string, from: string, handlers: FollowHandlers): () => void {
  let offset = from;
  let failures = 0;
  let source: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let pending: GenerationEvent[] = [];

  const stop = () => {
    source?.close();
    clearTimeout(retry);
    removeEventListener("online", open);
  };
  const again = () => {
    source?.close();
    pending = [];
    failures++;
    handlers.onBroken(failures);
    clearTimeout(retry);
    retry = setTimeout(open, Math.min(RETRY_MS_MAX, 250 * 2 ** failures));
  };
  // Events count only once their control event has named the offset after them, so none is counted twice.
  const settle = (control: Control) => {
    failures = 0;
    offset = control.streamNextOffset;
    if (pending.length) handlers.onEvents(pending, offset);
    pending = [];
    if (!control.streamClosed) return;
    stop();
    handlers.onClosed();
  };
  function open() {
    clearTimeout(retry);
    source?.close();
    source = new EventSource(`${eventsUrl(requestId)}?${new URLSearchParams({ offset, live: "sse" })}`);
    source.addEventListener("data", (event) =>
      pending.push(...(JSON.parse(event.data) as GenerationEvent[])),
    );
    source.addEventListener("control", (event) => settle(JSON.parse(event.data) as Control));
    source.onerror = again;
  }

  addEventListener("online", open);
  open();
  return stop;
}
