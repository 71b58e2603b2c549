-- What the scripts of the log have in common. ARGV[1] is the prefix of all keys; KEYS[1] the hash of the log:
--   life       which life of the log this is, on which server: epoch:run
--   offset     of the newest event
--   bytes      that all kept events take
--   forgotten  the offset through which channels that are no longer in the registry may have lost events
--   lineage    the lives before, and through which offset each is this one's too
-- The registry: channels (each with the offset of its newest event), names (the same, by name) and firsts (each that has
-- events, with an offset that none of them is before). Each holds the member $, so that an evicted one is told from an empty one.
-- c:NAME is the stream of a channel, with offsets for ids: n(ame), d(ata), t(ime), p(revious offset in the channel).
-- tail is the stream of the newest places of all channels, with the c(hannel) of each.

local P = ARGV[1]
local CHANNELS, NAMES, FIRSTS, TAIL = P .. 'channels', P .. 'names', P .. 'firsts', P .. 'tail'

local function text(number)
  return string.format('%.0f', number)
end

local function millis()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function stream(channel)
  return P .. 'c:' .. channel
end

local function offset_of(id)
  return tonumber(string.match(id, '^%d+'))
end

-- The entries of a stream; none where the key is not a stream.
local function range(key, from, to, count)
  local entries = redis.pcall('XRANGE', key, from, to, 'COUNT', count)
  if entries.err then return {} end
  return entries
end

-- What an entry says; nil where a part is missing.
local function event_of(entry)
  local event = {offset = offset_of(entry[1]), n = ''}
  local fields = entry[2]
  for i = 1, #fields, 2 do
    event[fields[i]] = fields[i + 1]
  end
  event.t, event.p = tonumber(event.t or ''), tonumber(event.p or '')
  if not (event.d and event.t and event.p) then return nil end
  event.size = 160 + #event.n + #event.d
  return event
end

local function size_of(entry)
  local event = event_of(entry)
  return event and event.size or 160
end

-- The channel of the oldest event of all, and its entry; nil where there is none, false where it takes longer to find. The
-- scores of firsts are lower bounds, and are made exact here.
local function oldest()
  for _ = 1, 200 do
    local head = redis.call('ZRANGE', FIRSTS, 0, 0, 'WITHSCORES')
    if #head == 0 or head[1] == '$' then return nil end
    local entry = range(stream(head[1]), '-', '+', 1)[1]
    if not entry then
      redis.call('ZREM', FIRSTS, head[1])
    elseif offset_of(entry[1]) == tonumber(head[2]) then
      return head[1], entry
    else
      redis.call('ZADD', FIRSTS, text(offset_of(entry[1])), head[1])
    end
  end
  return false
end

-- Takes the first entry of a channel away; returns how many bytes that frees.
local function drop(channel, entry)
  local key = stream(channel)
  redis.call('XDEL', key, entry[1])
  if redis.call('XLEN', key) == 0 then
    redis.call('DEL', key)
    redis.call('ZREM', FIRSTS, channel)
  end
  return size_of(entry)
end

-- Drops the oldest events until so many bytes are left, but for the newest one; returns how many are.
local function fit(bytes, most, newest, steps)
  for _ = 1, steps do
    if bytes <= most then break end
    local channel, entry = oldest()
    if channel == nil then return 0 end
    if not channel then break end
    if offset_of(entry[1]) == newest then break end
    bytes = bytes - drop(channel, entry)
  end
  return math.max(0, bytes)
end

-- Tells a node what the log has come to: everything that it hears up to there has been sent to it before.
local function mark(node, life, offset)
  redis.call('PUBLISH', P .. 'mark:' .. node, '1 ' .. string.match(life, '^[^:]*') .. ' ' .. text(offset) .. '\n')
end

local function is_whole()
  return redis.call('EXISTS', CHANNELS, NAMES, FIRSTS) == 3
end
