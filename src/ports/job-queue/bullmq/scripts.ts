// Defines atomic Lua scripts for features that BullMQ lacks, such as fair turns of the businesses, the limit of
// concurrent runs per business, schedules, and the correction of times that were stored when a clock was wrong.
import type { Cluster, Redis } from "ioredis";

// Priorities in these scripts are BullMQ's priorities: a job with a smaller number runs first. A priority that a caller
// has set (0 to 1,000) becomes 1 to 1,001. All other jobs are ordered by turns: the priority of such a job is the
// number of the turn at which its business is served. Turns are counted from `first`. A new job has the priority
// `unplaced` until `place` has given it a turn.
const given = 1_001;
const first = given + 1;
export const unplaced = 2 ** 21 - 1;
const shiftAt = 2_000_000;
const unit = 2 ** 32;
/** The tolerated difference between the clocks of two machines, in milliseconds. */
const moment = 1_000;

/**
 * A job that was set aside, because its business has too many runs, is stored as a delayed job of BullMQ. Its delay
 * ends at this time, far in the future. No other delay ends so late.
 */
export const heldUntilMs = 4_102_444_800_000;

const shared = `
local base = KEYS[1]
local prioritized, turns, active = base .. 'prioritized', base .. 'rondo:turns', base .. 'active'

local function optionsOf(id)
  local text = redis.call('HGET', base .. id, 'opts')
  return text and cjson.decode(text) or {}
end

-- Start-time fair queueing: each job of a business gets the turn after the turn of its previous job. If the queue is
-- already past this turn, the job gets the turn of the job at the head of the queue. So a business can't save up turns
-- while it has no jobs. Within a business, users take turns in the same way. The waiting jobs of a business are in a
-- separate queue, ordered by the turns of the users. At each turn of the business, the first job of this queue runs.
-- The turns of the users are forgotten a day after the last job of the business.
local function lineOf(business) return base .. 'rondo:line:' .. business end
local function freshOf(business) return base .. 'rondo:fresh:' .. business end

local function join(id, business, owner, anew)
  local turn = not anew and redis.call('HGET', base .. id, 'turn')
  if not turn then
    local owners, clock = base .. 'rondo:owners:' .. business, base .. 'rondo:clock:' .. business
    turn = math.max(tonumber(redis.call('HGET', owners, owner) or -1) + 1, tonumber(redis.call('GET', clock) or 0))
    redis.call('HSET', owners, owner, turn)
    redis.call('EXPIRE', owners, 86400)
    redis.call('EXPIRE', clock, 86400)
    redis.call('HSET', base .. id, 'turn', turn, 'owner', owner)
  end
  local place = tonumber(turn) + redis.call('INCR', base .. 'rondo:joined') % 1048576 / 1048576
  redis.call('ZADD', lineOf(business), 'NX', place, id)
  if redis.call('HEXISTS', base .. id, 'gaveWay') == 0 then redis.call('ZADD', freshOf(business), 'NX', place, id) end
end

local function leaveLine(id, business)
  redis.call('ZREM', freshOf(business), id)
  local place = redis.call('ZSCORE', lineOf(business), id)
  if not place then return end
  redis.call('ZREM', lineOf(business), id)
  local clock = base .. 'rondo:clock:' .. business
  local turn = math.max(math.floor(tonumber(place)), tonumber(redis.call('GET', clock) or 0))
  redis.call('SET', clock, turn, 'EX', 86400)
end

local function orderLine(business)
  local ids, scores = {}, {}
  for _, id in ipairs(redis.call('ZRANGE', lineOf(business), 0, -1)) do
    local score = redis.call('ZSCORE', prioritized, id)
    if score then
      table.insert(ids, id)
      table.insert(scores, tonumber(score))
    end
  end
  local sorted = {unpack(scores)}
  table.sort(sorted)
  for i, id in ipairs(ids) do
    if scores[i] ~= sorted[i] then redis.call('ZADD', prioritized, string.format('%.0f', sorted[i]), id) end
  end
end

local function shift(by)
  local fair = redis.call('ZRANGEBYSCORE', prioritized, ${first * unit}, '(' .. string.format('%.0f', ${unplaced * unit}), 'WITHSCORES')
  for i = 1, #fair, 2 do
    redis.call('ZADD', prioritized, string.format('%.0f', tonumber(fair[i + 1]) - by * ${unit}), fair[i])
  end
  local all = redis.call('HGETALL', turns)
  for i = 1, #all, 2 do redis.call('HSET', turns, all[i], math.max(0, tonumber(all[i + 1]) - by)) end
end

local function place(most)
  local new = redis.call('ZRANGEBYSCORE', prioritized, string.format('%.0f', ${unplaced * unit}), '+inf', 'WITHSCORES', 'LIMIT', 0, most)
  if #new == 0 then return end
  local head = redis.call('ZRANGEBYSCORE', prioritized, ${first * unit}, '(' .. string.format('%.0f', ${unplaced * unit}), 'WITHSCORES', 'LIMIT', 0, 1)
  local clock = ${first}
  if #head == 0 then
    redis.call('DEL', turns)
  else
    clock = math.floor(tonumber(head[2]) / ${unit})
    if clock > ${shiftAt} then
      shift(clock - ${first})
      clock = ${first}
    end
  end
  local toOrder = {}
  for i = 1, #new, 2 do
    local options = optionsOf(new[i])
    local business = options.business or ''
    if options.owner then
      join(new[i], business, options.owner, false)
      toOrder[business] = true
    end
    local turn = math.max(clock, tonumber(redis.call('HGET', turns, business) or 0) + 1)
    turn = math.min(turn, ${unplaced - 1})
    redis.call('HSET', turns, business, turn)
    redis.call('ZADD', prioritized, string.format('%.0f', turn * ${unit} + tonumber(new[i + 1]) % ${unit}), new[i])
  end
  for business in pairs(toOrder) do orderLine(business) end
end

local function awaken()
  if redis.call('EXISTS', prioritized) == 1 then redis.call('ZADD', base .. 'marker', 0, '0') end
end

local function enqueue(id)
  local priority = tonumber(redis.call('HGET', base .. id, 'priority') or ${unplaced})
  local counter = redis.call('INCR', base .. 'pc')
  redis.call('ZADD', prioritized, string.format('%.0f', priority * ${unit} + counter % ${unit}), id)
end

-- Releases the lock of a run and removes its job from the active jobs. Returns false if the run no longer has the
-- lock, or if the job is not among the active jobs.
local function letGo(id, token)
  if redis.call('GET', base .. id .. ':lock') ~= token then return false end
  redis.call('DEL', base .. id .. ':lock')
  redis.call('SREM', base .. 'stalled', id)
  return redis.call('LREM', active, 1, id) > 0
end

local function runningOf(business)
  local key = base .. 'rondo:running:' .. business
  for _, id in ipairs(redis.call('SMEMBERS', key)) do
    if redis.call('EXISTS', base .. id .. ':lock') == 0 then redis.call('SREM', key, id) end
  end
  return redis.call('SCARD', key)
end

local function unhold(business, most)
  local key = base .. 'rondo:held:' .. business
  while most > 0 do
    local lowest = redis.call('ZPOPMIN', key)
    if #lowest == 0 then
      redis.call('SREM', base .. 'rondo:held', business)
      return
    end
    if redis.call('ZREM', base .. 'delayed', lowest[1]) == 1 then
      enqueue(lowest[1])
      most = most - 1
    end
  end
end
`;

const removal = `
-- Removes a waiting or delayed job and everything that refers to it. Returns false if the job was not removed, for
-- example because it is missing or a worker has locked it. 'ended' is a list with 'failed', 'completed' or both: jobs
-- in these states are removed, too. With both, a job that is in no list of the queue at all is removed, too.
local function remove(id, ended)
  if redis.call('EXISTS', base .. id .. ':lock') == 1 or redis.call('EXISTS', base .. id) == 0 then return false end
  local removed = redis.call('ZREM', prioritized, id) + redis.call('ZREM', base .. 'delayed', id) + redis.call('LREM', base .. 'wait', 0, id)
  for _, list in ipairs(ended) do removed = removed + redis.call('ZREM', base .. list, id) end
  if removed == 0 and (#ended == 1 or redis.call('LPOS', active, id)) then return false end
  local business = optionsOf(id).business or ''
  for _, key in ipairs({lineOf(business), freshOf(business), base .. 'rondo:held:' .. business}) do redis.call('ZREM', key, id) end
  local deduplication = redis.call('HGET', base .. id, 'deid')
  if deduplication and redis.call('GET', base .. 'de:' .. deduplication) == id then redis.call('DEL', base .. 'de:' .. deduplication) end
  redis.call('UNLINK', base .. id, base .. id .. ':logs')
  return true
end
`;

/**
 * The brackets before a description contain the arguments of the script. As its only Redis key (KEYS), a script gets the
 * prefix of all keys of the queue. If the comment says "KEYS: schedules", the script gets the key of the schedules instead.
 *
 * rondoGiveBack, rondoPutAside and rondoGiveWay return 1. If the run no longer has the lock of the job, they return 0
 * and don't move the job.
 */
const steps = {
  /** [most] Sets the turns of at most `most` jobs that are new or came back to the queue. */
  rondoPlace: `place(tonumber(ARGV[1])) awaken()`,

  /**
   * [most, id…] Does the same as rondoPlace, then returns the option `order` of each job. A call that
   * adds a job stores its own mark, `order`, with the job. If a call gets a mark that is not its own, an earlier call has
   * added the job.
   */
  rondoAdmit: `
    place(tonumber(ARGV[1]))
    awaken()
    local orders = {}
    for i = 2, #ARGV do orders[i - 1] = optionsOf(ARGV[i]).order or '' end
    return orders`,

  /**
   * [id, token, business, most] Returns 1 if the job is allowed to run. If `most` is 0, every job is allowed to run.
   * Returns 0 if the job's business already has `most` runs. The script then sets the job aside: the job waits among
   * the delayed jobs until `rondoLeave` or `rondoSweep` puts it into the queue again. If the run no longer has the lock
   * of the job, the job is not set aside.
   */
  rondoEnter: `
    local id, token, business, most = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
    local running = base .. 'rondo:running:' .. business
    if most == 0 or runningOf(business) < most then
      if most > 0 then redis.call('SADD', running, id) end
      leaveLine(id, business)
      return 1
    end
    if not letGo(id, token) then return 0 end
    redis.call('HDEL', base .. id, 'processedOn')
    redis.call('ZADD', base .. 'delayed', string.format('%.0f', ${heldUntilMs * 4096}), id)
    local place = redis.call('ZSCORE', lineOf(business), id)
    local last = redis.call('ZRANGE', base .. 'rondo:held:' .. business, -1, -1, 'WITHSCORES')
    redis.call('ZADD', base .. 'rondo:held:' .. business, place or tonumber(last[2] or 0) + 1, id)
    redis.call('SADD', base .. 'rondo:held', business)
    if redis.call('HEXISTS', turns, business) == 1 then redis.call('HINCRBY', turns, business, -1) end
    return 0`,

  /**
   * [id, business] Must be called after the run of a job that `rondoEnter` admitted. After this call, the run no longer
   * counts for the limit of the business. If jobs of the business were set aside, one of them is put into the
   * queue again.
   */
  rondoLeave: `
    redis.call('SREM', base .. 'rondo:running:' .. ARGV[2], ARGV[1])
    if redis.call('SISMEMBER', base .. 'rondo:held', ARGV[2]) == 0 then return end
    unhold(ARGV[2], 1)
    place(100)
    awaken()`,

  /**
   * [most, nowMs] Puts jobs that were set aside into the queue again, because a killed worker doesn't call
   * `rondoLeave`. For each business, the script puts back no more jobs than `most` minus the number of current runs of
   * the business. If `most` is 0, there is no limit of runs, and up to 1,000 jobs per business are put back. Then
   * corrects other delayed jobs whose delays are too long, because a clock was ahead when they were stored: examines
   * the 1,000 jobs whose delays end last.
   */
  rondoSweep: `
    local most, now = tonumber(ARGV[1]), tonumber(ARGV[2])
    local later = redis.call('ZREVRANGEBYSCORE', base .. 'delayed', '(' .. string.format('%.0f', ${heldUntilMs * 4096}), (now + ${moment}) * 4096, 'WITHSCORES', 'LIMIT', 0, 1000)
    for i = 1, #later, 2 do
      local own = tonumber(redis.call('HGET', base .. later[i], 'delay') or 0)
      if tonumber(later[i + 1]) > (now + own + ${moment}) * 4096 then
        redis.call('ZADD', base .. 'delayed', string.format('%.0f', (now + own) * 4096), later[i])
        if redis.call('HEXISTS', base .. later[i], 'runAt') == 1 then redis.call('HSET', base .. later[i], 'runAt', string.format('%.0f', now + own)) end
        redis.call('ZADD', base .. 'marker', now + own, '1')
      end
    end
    for _, business in ipairs(redis.call('SMEMBERS', base .. 'rondo:held')) do
      unhold(business, most == 0 and 1000 or most - runningOf(business))
    end
    place(1000)
    awaken()`,

  /**
   * [id, token] Ends an interrupted run. The job of the run waits again. In the queue, the job comes before all other
   * jobs of the same turn. No attempt is used up.
   */
  rondoGiveBack: `
    if not letGo(ARGV[1], ARGV[2]) then return 0 end
    redis.call('HDEL', base .. ARGV[1], 'processedOn')
    local priority = tonumber(redis.call('HGET', base .. ARGV[1], 'priority') or ${unplaced})
    redis.call('ZADD', prioritized, string.format('%.0f', priority * ${unit}), ARGV[1])
    place(100)
    awaken()
    return 1`,

  /**
   * [id, token, delayMs, untilMs, error] Ends a run and postpones its job until `untilMs`. No attempt is used up.
   * `rondoSweep` uses `delayMs` to find out whether `untilMs` is too late.
   */
  rondoPutAside: `
    local id, delay, at = ARGV[1], ARGV[3], tonumber(ARGV[4])
    if not letGo(id, ARGV[2]) then return 0 end
    redis.call('HDEL', base .. id, 'processedOn')
    redis.call('HSET', base .. id, 'delay', delay, 'runAt', ARGV[4], 'failedReason', ARGV[5])
    redis.call('ZADD', base .. 'delayed', string.format('%.0f', at * 4096), id)
    local head = redis.call('ZRANGE', base .. 'delayed', 0, 0, 'WITHSCORES')
    redis.call('ZADD', base .. 'marker', math.floor(tonumber(head[2]) / 4096), '1')
    return 1`,

  /**
   * [id, token, business, owner] Ends a run that gives its slot to another job (GiveWayError). The job of the ended
   * run waits for the next turn of its user, and no attempt is used up.
   */
  rondoGiveWay: `
    local id, token, business, owner = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
    if not letGo(id, token) then return 0 end
    redis.call('HDEL', base .. id, 'processedOn')
    redis.call('HSET', base .. id, 'gaveWay', 1)
    join(id, business, owner, true)
    enqueue(id)
    return 1`,

  /**
   * [id, business, turns, isFull, most, waitingSinceMs] Returns 1 if another job should run in the slot of this run;
   * otherwise 0. The rules are those of `JobContext.isWanted`. `isFull` is 1 if the worker has no free slot. Only jobs
   * that were added before `waitingSinceMs` are considered.
   */
  rondoWanted: `
    local id, business, turns, isFull, most = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4] == '1', tonumber(ARGV[5])
    local function waits(business, before, isOther)
      for _, id in ipairs(redis.call('ZRANGEBYSCORE', freshOf(business), '-inf', before, 'LIMIT', 0, 500)) do
        local at, owner = unpack(redis.call('HMGET', base .. id, 'timestamp', 'owner'))
        if tonumber(at or 0) <= tonumber(ARGV[6]) and (not isOther or isOther(owner)) then return true end
      end
      return false
    end
    local running = runningOf(business)
    local turn, owner = unpack(redis.call('HMGET', base .. id, 'turn', 'owner'))
    if owner and (isFull or (most > 0 and running >= most)) then
      if waits(business, '(' .. (turn + turns)) then return 1 end
      local latest = redis.call('HGET', base .. 'rondo:owners:' .. business, owner) or turn
      if waits(business, '(' .. (latest + turns), function(other) return other ~= owner end) then return 1 end
    end
    if not isFull then return 0 end
    for _, other in ipairs(redis.call('HKEYS', base .. 'rondo:turns')) do
      if other ~= business then
        local others = runningOf(other)
        if others < running and (most == 0 or others < most) and waits(other, '+inf') then return 1 end
      end
    end
    return 0`,

  /**
   * [id…] Retries failed jobs, except jobs whose deduplication id is now used by another job. Returns the number of
   * retried jobs.
   */
  rondoRetry: `
    local count = 0
    for _, id in ipairs(ARGV) do
      local deduplication = redis.call('HGET', base .. id, 'deid')
      local holder = deduplication and redis.call('GET', base .. 'de:' .. deduplication)
      if (not holder or holder == id) and redis.call('ZREM', base .. 'failed', id) == 1 then
        if deduplication then redis.call('SET', base .. 'de:' .. deduplication, id) end
        redis.call('HDEL', base .. id, 'finishedOn', 'processedOn', 'failedReason', 'stacktrace', 'atm', 'ats', 'stc', 'defa', 'runAt')
        enqueue(id)
        count = count + 1
      end
    end
    place(1000)
    awaken()
    return count`,

  /** [id…] Deletes failed jobs permanently. Returns the number of deleted jobs. */
  rondoDrop: `
    local count = 0
    for _, id in ipairs(ARGV) do
      if redis.call('ZREM', base .. 'failed', id) == 1 then
        redis.call('UNLINK', base .. id, base .. id .. ':logs')
        count = count + 1
      end
    end
    return count`,

  /** [id] Removes a job that is neither running nor completed. Returns 1 if the job was removed. */
  rondoTake: `return remove(ARGV[1], {'failed'}) and 1 or 0`,

  /** [id…] Removes jobs in every state, except jobs that a living worker runs. Returns the number of removed jobs. */
  rondoRemove: `
    local count = 0
    for _, id in ipairs(ARGV) do
      if redis.call('EXISTS', base .. id .. ':lock') == 0 then redis.call('LREM', active, 1, id) end
      if remove(id, {'failed', 'completed'}) then count = count + 1 end
    end
    return count`,

  /** [business] Forgets the turns of a business and its users. */
  rondoForget: `
    redis.call('HDEL', turns, ARGV[1])
    redis.call('DEL', base .. 'rondo:owners:' .. ARGV[1], base .. 'rondo:clock:' .. ARGV[1])`,

  /**
   * [id, order, state, attemptsMade, stalls, createdAtMs, error, finishedAtMs] Must be called after a job of another
   * queue was copied to this queue. Gives the copy the history of the original job. If `state` is "failed", moves the
   * copy to the failed jobs. Any other value of `state` has no effect. Returns 0 and changes nothing if the id belongs
   * to another job.
   */
  rondoCarry: `
    local id, state = ARGV[1], ARGV[3]
    if optionsOf(id).order ~= ARGV[2] then return 0 end
    redis.call('HSET', base .. id, 'atm', ARGV[4], 'stc', ARGV[5], 'timestamp', ARGV[6])
    if ARGV[7] ~= '' then redis.call('HSET', base .. id, 'failedReason', ARGV[7]) end
    if state ~= 'failed' then return 1 end
    local business = optionsOf(id).business or ''
    redis.call('ZREM', prioritized, id)
    redis.call('ZREM', base .. 'delayed', id)
    for _, key in ipairs({lineOf(business), freshOf(business)}) do redis.call('ZREM', key, id) end
    local deduplication = redis.call('HGET', base .. id, 'deid')
    if deduplication and redis.call('GET', base .. 'de:' .. deduplication) == id then redis.call('DEL', base .. 'de:' .. deduplication) end
    redis.call('ZADD', base .. 'failed', ARGV[8], id)
    redis.call('HSET', base .. id, 'finishedOn', ARGV[8])
    return 1`,

  /**
   * KEYS: schedules. [id, everyMs, text, nowMs] Sets a schedule, or removes the schedule if `everyMs` is 0. A schedule
   * that is new or has a new interval is due at once. Otherwise the next time of the schedule stays the same.
   */
  rondoSchedule: `
    local id, every, due = ARGV[1], ARGV[2], base .. ':due'
    if every == '0' then
      redis.call('HDEL', base, id)
      redis.call('ZREM', due, id)
      return
    end
    local old = redis.call('HGET', base, id)
    redis.call('HSET', base, id, ARGV[3])
    if not old or cjson.decode(old).everyMs ~= tonumber(every) then redis.call('ZADD', due, ARGV[4], id) end`,

  /**
   * KEYS: schedules. [nowMs, claimMs] Claims at most 50 due schedules for `claimMs`, so that no other process takes
   * them. Returns [id, dueAt, text, …]. Before the claim, the script corrects the schedules whose next time is too late
   * because a clock was ahead.
   */
  rondoClaimSchedules: `
    local due = base .. ':due'
    local out = {}
    local now, claim = tonumber(ARGV[1]), tonumber(ARGV[2])
    local later = redis.call('ZRANGEBYSCORE', due, now + claim + ${moment}, '+inf', 'WITHSCORES')
    for i = 1, #later, 2 do
      local text = redis.call('HGET', base, later[i])
      local every = text and cjson.decode(text).everyMs or 0
      if tonumber(later[i + 1]) > now + math.max(every, claim) + ${moment} then redis.call('ZADD', due, now + every, later[i]) end
    end
    local found = redis.call('ZRANGEBYSCORE', due, '-inf', ARGV[1], 'WITHSCORES', 'LIMIT', 0, 50)
    for i = 1, #found, 2 do
      redis.call('ZADD', due, tonumber(ARGV[1]) + tonumber(ARGV[2]), found[i])
      table.insert(out, found[i])
      table.insert(out, found[i + 1])
      table.insert(out, redis.call('HGET', base, found[i]) or '')
    end
    return out`,

  /**
   * KEYS: schedules. [id, claimedUntilMs, nextMs] Sets the next time of a claimed schedule. Does nothing if the claim
   * was replaced, for example by the claim of another process.
   */
  rondoSettleSchedule: `
    if tonumber(redis.call('ZSCORE', base .. ':due', ARGV[1]) or 0) == tonumber(ARGV[2]) then
      redis.call('ZADD', base .. ':due', ARGV[3], ARGV[1])
    end`,
} as const;

export type Step = keyof typeof steps;

export function defineSteps(redis: Redis | Cluster): void {
  for (const [name, lua] of Object.entries(steps)) {
    redis.defineCommand(name, { numberOfKeys: 1, lua: `${shared}\n${removal}\n${lua}` });
  }
}

/** Runs one of the scripts above. The scripts must be defined on `redis`. */
export function take(
  redis: Redis | Cluster,
  step: Step,
  key: string,
  args: readonly (string | number)[],
): Promise<unknown> {
  const command = Reflect.get(redis, step) as (...parts: (string | number)[]) => Promise<unknown>;
  return command.call(redis, key, ...args);
}
