// Creates emitters. An emitter calls its subscribers at each event.

export interface Emitter<Value> {
  /** Calls `run` for each event, until the returned function is called. The first subscriber is called first. */
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
