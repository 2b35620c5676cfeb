// Opens two handles on one store, as two processes would, and closes them after the tests. Contracts use
// `withTwoHandles`. A contract consists of the tests that every implementation of a store has to pass.
import { afterAll, beforeAll } from "bun:test";

interface Closable {
  close(): PromiseLike<void>;
}

export interface TwoHandles<Store> {
  readonly left: Store;
  readonly right: Store;
  /** Stops the server or another resource that both handles use. Called after both handles are closed. */
  close?(): PromiseLike<void>;
}

/**
 * `use` gets the handles before the first test of the enclosing group. After the last test, both
 * handles are closed, and `left` is closed a second time, because every store must allow a second
 * call of `close`.
 */
export function withTwoHandles<Store extends Closable>(
  open: () => Promise<TwoHandles<Store>>,
  use: (handles: TwoHandles<Store>) => void,
): void {
  let handles: TwoHandles<Store>;

  beforeAll(async () => {
    handles = await open();
    use(handles);
  });

  afterAll(async () => {
    await Promise.all([handles.left.close(), handles.right.close()]);
    await handles.left.close();
    await handles.close?.();
  });
}
