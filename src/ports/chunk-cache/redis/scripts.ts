// Defines atomic Lua scripts that cache chunks, read chunks, manage a lease and store messages. In a Redis Cluster, all
// keys of a script must be in the same hash slot. All keys of one stream are in the same slot. The position of a chunk
// is the byte offset of its beginning in the stream.

/**
 * Caches chunks of a stream. If the cached chunks have another stream id, removes them first. Skips
 * a chunk that overlaps a cached chunk, is empty or exceeds the byte limit. If the cached chunks of
 * the stream then exceed the byte limit, evicts the chunks with the lowest positions. KEYS: index
 * (a sorted set of the chunks' positions), data (a hash with the stream id, the size, and each
 * chunk under its position). ARGV: stream id, expiry in ms, byte limit, position of the first
 * chunk, chunks. Returns the number of bytes that were added, including the overhead of each chunk.
 */
export const keepScript = `
local id, expiry, most, position = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
if redis.call('HGET', KEYS[2], 'id') ~= id or redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('DEL', KEYS[1], KEYS[2])
  redis.call('HSET', KEYS[2], 'id', id)
end
local overhead = 160
local added = 0
for i = 5, #ARGV do
  local length = #ARGV[i]
  local name = string.format('%.0f', position)
  local before = redis.call('ZREVRANGEBYSCORE', KEYS[1], name, '-inf', 'LIMIT', 0, 1)[1]
  local after = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. name, '+inf', 'LIMIT', 0, 1)[1]
  local overlaps = (before and tonumber(before) + redis.call('HSTRLEN', KEYS[2], before) > position)
    or (after and tonumber(after) < position + length)
  if length > 0 and length + overhead <= most and not overlaps then
    redis.call('ZADD', KEYS[1], name, name)
    redis.call('HSET', KEYS[2], name, ARGV[i])
    added = added + length + overhead
  end
  position = position + length
end
local size = redis.call('HINCRBY', KEYS[2], 'size', added)
while size > most do
  local oldest = redis.call('ZPOPMIN', KEYS[1])[1]
  if not oldest then break end
  local freed = redis.call('HSTRLEN', KEYS[2], oldest) + overhead
  redis.call('HDEL', KEYS[2], oldest)
  size = redis.call('HINCRBY', KEYS[2], 'size', -freed)
end
redis.call('PEXPIRE', KEYS[1], expiry)
redis.call('PEXPIRE', KEYS[2], expiry)
return added`;

/**
 * Reads the cached chunks from a position to the first gap. KEYS: index, data. ARGV: stream id, expiry in ms,
 * position, byte limit (counted from this position). Returns a list: first the position of the first chunk,
 * then at most 1024 chunks. The first chunk contains the requested position, so this chunk can begin before
 * that position. The first chunk is returned even if it exceeds the byte limit. If the position is not cached,
 * the list is empty. Otherwise the expiry begins again.
 */
export const readScript = `
if redis.call('HGET', KEYS[2], 'id') ~= ARGV[1] then return {} end
local position = tonumber(ARGV[3])
local limit = position + tonumber(ARGV[4])
local first = redis.call('ZREVRANGEBYSCORE', KEYS[1], ARGV[3], '-inf', 'LIMIT', 0, 1)[1]
if not first then return {} end
local found = { first }
local next = tonumber(first)
for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], first, '+inf', 'LIMIT', 0, 1024)) do
  if tonumber(name) ~= next then break end
  local chunk = redis.call('HGET', KEYS[2], name)
  if not chunk or next + #chunk <= position then break end
  if #found > 1 and next + #chunk > limit then break end
  found[#found + 1] = chunk
  next = next + #chunk
end
if #found == 1 then return {} end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return found`;

/**
 * Takes, extends or releases a lease. KEYS: lease. ARGV: holder, duration in ms (0 releases the lease). Returns 1 if
 * the holder now has the lease, and 0 if another holder has it. A release always returns 1.
 */
export const leaseScript = `
local held = redis.call('GET', KEYS[1])
if ARGV[2] == '0' then
  if held == ARGV[1] then redis.call('DEL', KEYS[1]) end
  return 1
end
if held and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

/**
 * Adds a message to the list of the latest messages, and begins the expiry of the list again. KEYS: list. ARGV:
 * message, maximum number of messages, expiry in ms.
 */
export const rememberScript = `
redis.call('RPUSH', KEYS[1], ARGV[1])
redis.call('LTRIM', KEYS[1], -ARGV[2], -1)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`;
