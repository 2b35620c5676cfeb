// Forks that begin with bytes of their own in place of their source's first ones; and forks found by their source.
export const statements: readonly string[] = [
  "alter table streams add column head blob",
  "alter table streams add column forkHeadGiven integer not null default 0",
  "create index streams_by_source on streams (forkRow, forkPosition) where forkRow is not null",
];
