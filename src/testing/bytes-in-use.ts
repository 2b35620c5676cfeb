/**
 * Returns the bytes that the process uses after a full garbage collection, buffers included. Tests that
 * bound memory compare two of these: the resident size would also count memory that is free again.
 */
export function bytesInUse(): number {
  Bun.gc(true);
  return process.memoryUsage().heapUsed;
}
