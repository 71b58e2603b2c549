-- Drops events that are too old or too many bytes, oldest first, and forgets channels that have had none for long.
-- ARGV: prefix, life, time in milliseconds ('' for the server's), age in milliseconds, bytes kept of all, empty channels kept.
-- Returns in a list how many steps it took, so that one that was not done is repeated soon.

local STEPS = 300

local log = redis.call('HMGET', KEYS[1], 'life', 'offset', 'bytes', 'forgotten')
if log[1] ~= ARGV[2] or not is_whole() then return {0} end
local oldest_time = (ARGV[3] == '' and millis() or tonumber(ARGV[3])) - tonumber(ARGV[4])
local newest, bytes, forgotten = tonumber(log[2]), tonumber(log[3] or '0'), tonumber(log[4] or '0')
local was_bytes, was_forgotten = bytes, forgotten

local steps = 0
while steps < STEPS do
  local channel, entry = oldest()
  if channel == nil then bytes = 0 end
  if not channel then break end
  local event = event_of(entry)
  if event and event.t >= oldest_time then break end
  bytes = math.max(0, bytes - drop(channel, entry))
  steps = steps + 1
end
bytes = fit(bytes, tonumber(ARGV[5]), newest, STEPS)

local empty = redis.call('ZCARD', CHANNELS) - redis.call('ZCARD', FIRSTS) - tonumber(ARGV[6])
while empty > 0 and steps < STEPS do
  local head = redis.call('ZRANGE', CHANNELS, 0, 0, 'WITHSCORES')
  if head[1] == '$' or redis.call('EXISTS', stream(head[1])) == 1 then break end
  redis.call('ZREM', CHANNELS, head[1])
  redis.call('ZREM', NAMES, head[1])
  forgotten = math.max(forgotten, tonumber(head[2]))
  empty, steps = empty - 1, steps + 1
end

if bytes ~= was_bytes or forgotten ~= was_forgotten then
  redis.call('HSET', KEYS[1], 'bytes', text(bytes), 'forgotten', text(forgotten))
end
return {steps}
