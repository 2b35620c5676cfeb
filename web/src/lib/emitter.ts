// Tells whoever asked of something that happened.

export interface Emitter<Value> {
  /** `run` is called each time, in the order of asking. */
  on(run: (value: Value) => void): void;
  emit(value: Value): void;
}

export function createEmitter<Value>(): Emitter<Value> {
  const runs: ((value: Value) => void)[] = [];
  return {
    on: (run) => void runs.push(run),
    emit(value) {
      for (const run of runs) run(value);
    },
  };
}
