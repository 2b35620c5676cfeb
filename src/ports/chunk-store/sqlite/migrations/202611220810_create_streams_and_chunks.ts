// Creates the tables of streams, chunks and producers, and the table `clock`. The column `clock.value` is a number that
// increases with each change of any stream. So a watcher of all streams detects changes with one query. The column
// `clock.removedAt` is not a time: it has the number that `value` had at the last removal of a stream.
export const statements: readonly string[] = [
  `create table streams (
    streamRow integer primary key autoincrement,
    path text not null unique,
    id text not null unique,
    contentType text not null,
    tail integer not null,
    closed integer not null,
    createdClosed integer not null,
    createdAtMs integer not null,
    touchedAtMs integer not null,
    ttlSeconds integer,
    expiresAtMs integer,
    givenTtlSeconds integer,
    givenExpiresAtMs integer,
    sequence text,
    forkRow integer references streams (streamRow),
    forkPath text,
    forkPosition integer not null,
    forkGivenPosition integer,
    forks integer not null,
    deleted integer not null,
    changed integer not null
  )`,
  "create index streams_by_change on streams (changed)",
  "create index streams_by_expiry on streams (expiresAtMs) where expiresAtMs is not null or ttlSeconds is not null",
  `create table chunks (
    chunkRow integer primary key,
    streamRow integer not null,
    position integer not null,
    bytes blob not null
  )`,
  "create unique index chunks_by_position on chunks (streamRow, position)",
  `create table producers (
    streamRow integer not null,
    producerId text not null,
    epoch integer not null,
    seq integer not null,
    primary key (streamRow, producerId)
  ) without rowid`,
  "create table clock (one integer primary key check (one = 1), value integer not null, removedAt integer not null)",
  "insert into clock values (1, 0, 0)",
];
