// Measures the processor time of the current thread, for tests of work that must not block the event loop. Other work
// on a busy machine doesn't count.

/** Returns the processor time of this thread since its start, in milliseconds. */
export function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
