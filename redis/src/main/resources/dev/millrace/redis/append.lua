-- Places groups of publications, each of them whole or not at all, and sends them to the nodes that listen to their channels: to
-- live:CHANNEL what comes one after another on it, and to live what all have come to. The node itself is told the newest offset.
-- ARGV: prefix, life, the newest offset that the node has seen, deadline in the server's milliseconds, time of the events in
-- milliseconds ('' for the server's), events kept of a channel, bytes kept of all, milliseconds that a key is remembered,
-- places kept in the tail, node; then for each group: count, and for each publication: channel, name, data, '1' for kept, key,
-- fingerprint.
-- Returns OK, the time, and for each group CONFLICT or for each publication: offset, or place as text where the key was
-- known, or -1 where it is not kept; LOST where the log is another than the node thinks; LATE where the deadline is over.

local life, seen, deadline = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local cap, most_bytes, key_window, tail_size = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]), ARGV[9]
local node = ARGV[10]

local log = redis.call('HMGET', KEYS[1], 'life', 'offset', 'bytes', 'forgotten')
local before = tonumber(log[2] or '0')
if log[1] ~= life or before < seen or not is_whole() then return {'LOST'} end
local now = millis()
if now > deadline then return {'LATE', text(now)} end
if ARGV[5] ~= '' then now = tonumber(ARGV[5]) end

local epoch = string.match(life, '^[^:]+')
local newest = before
local bytes = tonumber(log[3] or '0')
local message, runs = {}, {} -- for who hears all; for who hears some channels
local has_places = false

local function key_of(channel, key)
  return P .. 'k:' .. channel .. ' ' .. key
end

-- The place that a key's event has; true as second where that was another event.
local function earlier(channel, key, fingerprint)
  local known = redis.pcall('GET', key_of(channel, key))
  if type(known) ~= 'string' then return nil, false end
  local print, place, time = string.match(known, '^(%S+) (%S+) (%d+)$')
  if not print or now - tonumber(time) > key_window then return nil, false end
  return place, print ~= fingerprint
end

-- previous: the place before it in its channel; nil where it is not kept
local function tell(offset, previous, channel, name, data)
  local event = text(offset) .. ' ' .. text(now) .. ' ' .. (previous and '1' or '0') .. ' ' .. #channel .. ' ' .. #name .. ' '
    .. #data .. '\n' .. channel .. name .. data
  local run = runs[#runs]
  if not run or run.channel ~= channel then
    run = {channel = channel}
    runs[#runs + 1] = run
  end
  run.before = run.before or previous
  run[#run + 1] = event
  message[#message + 1] = event
end

local function publish(topic, place, events)
  redis.call('PUBLISH', P .. topic, '1 ' .. epoch .. ' ' .. place .. '\n' .. table.concat(events))
end

local function place(channel, name, data)
  if newest == before then
    redis.call('HINCRBY', KEYS[1], 'offset', 0) -- fails before anything is written where the server takes no writes
  end
  newest = newest + 1
  local key, id, time = stream(channel), text(newest), text(now)
  local known = redis.call('ZSCORE', CHANNELS, channel)
  local previous = known
  if not known then
    redis.call('DEL', key) -- what is left of another life
    redis.call('ZADD', NAMES, 0, channel)
    previous = log[4] or '0'
  end
  local added = redis.pcall('XADD', key, id, 'n', name, 'd', data, 't', time, 'p', previous)
  if type(added) == 'table' and added.err then
    redis.call('DEL', key)
    redis.call('XADD', key, id, 'n', name, 'd', data, 't', time, 'p', previous)
  end
  redis.call('ZADD', CHANNELS, id, channel)
  redis.call('XADD', TAIL, 'MAXLEN', '~', tail_size, id, 'c', channel)
  bytes = bytes + 160 + #name + #data
  local length = redis.call('XLEN', key)
  if length == 1 then
    redis.call('ZADD', FIRSTS, id, channel)
  end
  for _ = 1, math.min(length - cap, 16) do
    local oldest_here = range(key, '-', '+', 1)[1]
    redis.call('XDEL', key, oldest_here[1])
    bytes = bytes - size_of(oldest_here)
  end
  tell(newest, known or '0', channel, name, data) -- what is forgotten was heard in its time
  return newest
end

local function group(first, count)
  local places = {}
  for i = first, first + 6 * (count - 1), 6 do
    if ARGV[i + 4] ~= '' then
      local known, conflicts = earlier(ARGV[i], ARGV[i + 4], ARGV[i + 5])
      if conflicts then return 'CONFLICT' end
      places[i] = known
    end
  end
  local results = {}
  for i = first, first + 6 * (count - 1), 6 do
    local channel, name, data, kept, key = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4]
    local result = places[i]
    if kept ~= '1' then
      tell(newest, nil, channel, name, data)
      result = -1
    elseif not result then
      result = place(channel, name, data)
      if key ~= '' then
        redis.call('SET', key_of(channel, key), ARGV[i + 5] .. ' ' .. epoch .. '-' .. text(newest) .. ' ' .. text(now),
          'PX', math.max(1, key_window))
      end
    end
    has_places = has_places or kept == '1'
    results[#results + 1] = result
  end
  return results
end

local reply = {'OK', text(now)}
local i = 11
while i <= #ARGV do
  local count = tonumber(ARGV[i])
  reply[#reply + 1] = group(i + 1, count)
  i = i + 1 + 6 * count
end
if newest > before then
  bytes = fit(bytes, most_bytes, newest, 2 * (newest - before) + 16)
  redis.call('HSET', KEYS[1], 'offset', text(newest), 'bytes', text(bytes))
end
if #message > 0 then
  for _, run in ipairs(runs) do
    publish('live:' .. run.channel, run.before or '0', run)
  end
  publish('live', text(before), message)
end
if has_places then mark(node, life, newest) end
return reply
