// A fork is a stream that shares the first bytes of another stream, its source. This migration lets a fork begin with
// bytes of its own (`head`) in place of the same number of bytes of the source. It also adds an index to find the forks
// of a source.
export const statements: readonly string[] = [
  "alter table streams add column head blob",
  "alter table streams add column forkHeadGiven integer not null default 0",
  "create index streams_by_source on streams (forkRow, forkPosition) where forkRow is not null",
];
