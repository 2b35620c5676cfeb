/**
 * Returns the bytes of the JavaScript heap after a full garbage collection, including buffers.
 * Tests that limit memory compare two of these numbers. They don't compare the resident size,
 * because it also includes free memory that the process hasn't returned to the operating system.
 */
export function bytesInUse(): number {
  Bun.gc(true);
  return process.memoryUsage().heapUsed;
}
