// Provides a fake EventSource for tests. The list `opened` contains all instances, newest last. An instance keeps one
// listener for each type of event: the listener that was added last. A test calls `say` to send an event to this
// listener. `say` sends the event even if the instance is closed.

type Listener = (event: { data: string }) => void;

export class FakeEventSource {
  static opened: FakeEventSource[] = [];
  static get last(): FakeEventSource {
    return FakeEventSource.opened.at(-1)!;
  }

  readonly url: string;
  onerror: (() => void) | undefined;
  isClosed = false;
  #listeners = new Map<string, Listener>();

  constructor(url: string) {
    this.url = url;
    FakeEventSource.opened.push(this);
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, listener);
  }

  say(type: "data" | "control", value: unknown): void {
    this.#listeners.get(type)?.({ data: JSON.stringify(value) });
  }

  close(): void {
    this.isClosed = true;
  }
}

/** Replaces the global EventSource by the fake until the process ends, and empties the list of instances. */
export function installFakeEventSource(): void {
  FakeEventSource.opened = [];
  Object.assign(globalThis, { EventSource: FakeEventSource });
}
