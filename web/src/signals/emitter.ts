// Creates emitters. An emitter calls its subscribers at each event.

export interface Emitter<Value> {
  /**
   * Calls `run` for each event, until the returned function is called. The first subscriber is called first. A function
   * that is passed twice is called only one time for each event. A subscriber that is added during an event is also
   * called for this event.
   */
  on(run: (value: Value) => void): () => void;
  /** If a subscriber throws an error, this method throws the same error, and does not call the later subscribers. */
  emit(value: Value): void;
}

export function createEmitter<Value>(): Emitter<Value> {
  const runs = new Set<(value: Value) => void>();
  return {
    on(run) {
      runs.add(run);
      return () => runs.delete(run);
    },
    emit(value) {
      for (const run of runs) run(value);
    },
  };
}
