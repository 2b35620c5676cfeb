// Computes the smallest version 7 UUID of an instant. Version 7 UUIDs sort by time, so the ids that
// were created in a period form a range.

/** `instant` must be a valid RFC 3339 time. A time before 1970 counts as the beginning of 1970. */
export function firstIdAt(instant: string): string {
  const hex = Math.max(0, Date.parse(instant)).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
