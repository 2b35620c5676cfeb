// Adds the head of a fork, which replaces the first bytes of its source, and an index to find forks by their source.
export const statements: readonly string[] = [
  "alter table streams add column head blob",
  "alter table streams add column forkHeadGiven integer not null default 0",
  "create index streams_by_source on streams (forkRow, forkPosition) where forkRow is not null",
];
