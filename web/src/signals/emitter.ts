// Notifies its subscribers of an event.

export interface Emitter<Value> {
  /** `run` is called for each event, until the returned function ends it. Subscribers are called in the order in which they subscribed. */
  on(run: (value: Value) => void): () => void;
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
