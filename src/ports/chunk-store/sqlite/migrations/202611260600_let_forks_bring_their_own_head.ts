// Adds a column for the head of a fork, and an index to find forks by their source. A fork has the bytes of its head in
// place of the first bytes of its source.
export const statements: readonly string[] = [
  "alter table streams add column head blob",
  "alter table streams add column forkHeadGiven integer not null default 0",
  "create index streams_by_source on streams (forkRow, forkPosition) where forkRow is not null",
];
