// Reads a generation's event stream by SSE from any offset. Whenever a connection ends, reconnects
// at the last known offset, until the stream is closed or the caller stops following.
import { eventsUrl } from "../api/api.ts";
import type { GenerationEvent } from "../api/wire.ts";

export interface FollowHandlers {
  /** `offset` is the offset at which the stream continues after these events. */
  onEvents(events: GenerationEvent[], offset: string): void;
  /** The stream is closed: no event will follow. */
  onClosed(): void;
  /**
   * A connection could not be opened, or has ended. `failures` is the number of failed connections since the last
   * control event. The next connection is opened after 0.5 seconds. Each further failure doubles this time, up to 8
   * seconds. If the browser goes online before that, the next connection is opened at once.
   */
  onBroken(failures: number): void;
}

interface Control {
  streamNextOffset: string;
  streamClosed?: boolean;
}

const RETRY_MS_MAX = 8000;

/** The offset of the beginning of a stream. */
export const BEGINNING = "-1";

/** Returns a function that stops following. A second call of the returned function does nothing. */
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
    failures++;
    clearTimeout(retry);
    retry = setTimeout(open, Math.min(RETRY_MS_MAX, 250 * 2 ** failures));
    // The handler can call `stop`, which must also clear the timer, so this call comes last.
    handlers.onBroken(failures);
  };
  // The server sends data events, and then a control event with the offset that follows them. Only then the events are
  // passed to `onEvents`. If the connection fails before the control event, the server sends these events again.
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
    // The server sends these events again, because `offset` is before them.
    pending = [];
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
