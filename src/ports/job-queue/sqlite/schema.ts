// Defines the tables of the SQLite queue, and the migrations of older files.
import type { Database } from "bun:sqlite";
import { storeNewer } from "../../../errors.ts";

/** The stored `priority` of jobs without a priority. It sorts after all other priorities, which are 0 to 1,000. */
export const fairPriority = 1_001;

// A released migration never changes. The file's user_version is the number of applied migrations.
const steps: readonly string[] = [
  `
  create table jobs (
    seq integer primary key,
    id text not null,
    queue text not null,
    name text not null,
    data text not null,
    businessId text not null,
    deduplicationId text,
    state text not null check (state in ('waiting', 'delayed', 'active', 'completed', 'failed')),
    priority integer not null,
    attempts integer not null,
    attemptsMade integer not null default 0,
    backoffMs integer not null,
    stalls integer not null default 0,
    stallsMax integer not null default 0,
    progress text,
    error text,
    lease text,
    leaseUntilMs integer,
    createdAtMs integer not null,
    runAtMs integer not null,
    startedAtMs integer,
    finishedAtMs integer,
    unique (queue, id)
  ) strict;
  create unique index jobs_deduplicated on jobs (queue, deduplicationId)
    where deduplicationId is not null and state in ('waiting', 'delayed', 'active');
  create index jobs_waiting on jobs (queue, businessId, priority) where state = 'waiting';
  create index jobs_delayed on jobs (runAtMs, queue) where state = 'delayed';
  create index jobs_active on jobs (queue, businessId, leaseUntilMs) where state = 'active';
  create index jobs_completed on jobs (queue, finishedAtMs) where state = 'completed';
  create index jobs_failed on jobs (queue) where state = 'failed';

  -- Businesses take turns. The next job is a job of the business with the lowest pass. When a worker takes the job, the pass of the business is increased by one.
  create table turns (
    queue text not null,
    priority integer not null,
    businessId text not null,
    pass integer not null,
    waiting integer not null,
    primary key (queue, priority, businessId)
  ) strict, without rowid;
  create index turns_next on turns (queue, priority, pass) where waiting > 0;

  -- The highest pass that a business had when one of its jobs was taken. A business that is new in the queue, or has jobs in the queue again, starts with at least this pass.
  create table clocks (
    queue text not null,
    priority integer not null,
    pass integer not null,
    primary key (queue, priority)
  ) strict, without rowid;

  create trigger job_added after insert on jobs when new.state = 'waiting' begin
    insert into turns values (new.queue, new.priority, new.businessId,
      coalesce((select pass from clocks where queue = new.queue and priority = new.priority), 0), 1)
    on conflict do update set waiting = waiting + 1, pass = iif(waiting = 0, max(pass, excluded.pass), pass);
  end;
  create trigger job_waits after update of state on jobs
    when new.state = 'waiting' and old.state <> 'waiting' begin
    insert into turns values (new.queue, new.priority, new.businessId,
      coalesce((select pass from clocks where queue = new.queue and priority = new.priority), 0), 1)
    on conflict do update set waiting = waiting + 1, pass = iif(waiting = 0, max(pass, excluded.pass), pass);
  end;
  create trigger job_taken after update of state on jobs
    when old.state = 'waiting' and new.state <> 'waiting' begin
    insert into clocks select queue, priority, pass from turns
      where queue = old.queue and priority = old.priority and businessId = old.businessId
    on conflict do update set pass = max(clocks.pass, excluded.pass);
    update turns set waiting = waiting - 1, pass = pass + 1
      where queue = old.queue and priority = old.priority and businessId = old.businessId;
  end;

  create table schedules (
    id text primary key,
    queue text not null,
    everyMs integer not null,
    job text not null,
    nextAtMs integer not null
  ) strict;
  `,
  `
  alter table jobs add column owner text not null default '';
  -- Jobs of a business run in the order of their turns. The turn of a user's job is at least one higher than the turn of the user's previous job, so users alternate.
  alter table jobs add column turn integer not null default 0;
  alter table jobs add column gaveWay integer not null default 0;
  drop index jobs_waiting;
  create index jobs_waiting on jobs (queue, businessId, priority, turn) where state = 'waiting';
  create index jobs_wanting on jobs (queue, businessId, turn) where state = 'waiting' and gaveWay = 0;

  -- The latest turn of each user.
  create table owners (
    queue text not null,
    priority integer not null,
    businessId text not null,
    owner text not null,
    turn integer not null,
    primary key (queue, priority, businessId, owner)
  ) strict, without rowid;

  -- For each business, the highest turn of the jobs that workers took. A user who is new in the queue, or has jobs in the queue again, starts with at least this turn.
  create table lines (
    queue text not null,
    priority integer not null,
    businessId text not null,
    turn integer not null,
    primary key (queue, priority, businessId)
  ) strict, without rowid;

  create trigger owner_joined after insert on jobs begin
    insert into owners values (new.queue, new.priority, new.businessId, new.owner, new.turn)
    on conflict do update set turn = excluded.turn;
  end;
  create trigger owner_rejoined after update of turn on jobs begin
    insert into owners values (new.queue, new.priority, new.businessId, new.owner, new.turn)
    on conflict do update set turn = excluded.turn;
  end;
  create trigger line_moved after update of state on jobs
    when old.state = 'waiting' and new.state = 'active' begin
    insert into lines values (new.queue, new.priority, new.businessId, new.turn)
    on conflict do update set turn = max(turn, excluded.turn);
  end;
  `,
  `
  -- The lengths of the lease and of the delay. If the clock is set back, the remaining time of a lease can exceed the length of the lease. Then the end of the lease is moved to now plus this length. The same applies to a delay.
  alter table jobs add column leaseMs integer not null default 10000;
  alter table jobs add column delayMs integer not null default 86400000;
  `,
];

/**
 * Returns an SQL expression for the turn of a user's next job. The arguments are SQL expressions,
 * too. The turn is the greater of two numbers: the turn of the user's previous job plus one, and the
 * highest turn of a job of the business that a worker has taken.
 */
export const nextTurn = (queue: string, priority: string, businessId: string, owner: string): string =>
  `max(
     ifnull((select turn + 1 from owners where queue = ${queue} and priority = ${priority}
       and businessId = ${businessId} and owner = ${owner}), 0),
     ifnull((select turn from lines where queue = ${queue} and priority = ${priority}
       and businessId = ${businessId}), 0))`;

/** The `user_version` of a file with the newest schema. */
export const jobSchemaVersion = steps.length;

/**
 * Applies the missing migrations to the file. Several processes can call this function at the same
 * time. Throws STORE_NEWER if a newer version of Rondo has migrated the file.
 */
export function migrateJobs(db: Database): void {
  const versionOf = (): number =>
    (db.query("pragma user_version").get() as { user_version: number }).user_version;
  if (versionOf() === steps.length) return;
  db.transaction(() => {
    const version = versionOf();
    if (version > steps.length) {
      throw storeNewer("The job file", version);
    }
    for (const step of steps.slice(version)) db.run(step);
    db.run(`pragma user_version = ${steps.length}`);
  }).immediate();
}
