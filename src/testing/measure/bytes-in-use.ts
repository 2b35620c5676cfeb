/**
 * Returns the bytes that the process uses after a full garbage collection, including buffers. Tests
 * that limit memory compare two of these numbers, because the resident size would also include free
 * memory that the process hasn't returned.
 */
export function bytesInUse(): number {
  Bun.gc(true);
  return process.memoryUsage().heapUsed;
}
