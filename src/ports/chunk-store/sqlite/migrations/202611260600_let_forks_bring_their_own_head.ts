// A fork is a stream that shares the first bytes of another stream, its source. With this migration, a fork can begin
// with bytes of its own (`head`), which replace the same number of bytes of the source. `forkHeadGiven` is 1 if the
// call that created the fork contained the head. The migration also adds an index that finds the forks of a source.
export const statements: readonly string[] = [
  "alter table streams add column head blob",
  "alter table streams add column forkHeadGiven integer not null default 0",
  "create index streams_by_source on streams (forkRow, forkPosition) where forkRow is not null",
];
