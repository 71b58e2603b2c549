-- Reads the next events of some channels.
-- ARGV: prefix, life, after, until ('' for the newest), most events, most bytes, time in milliseconds ('' for the server's),
-- age in milliseconds that events may have, SET or ALL, number of names, names, prefixes.
-- Returns OK, the offset that was reached, what is missing (channel or pattern, offset through which; ...), and the events
-- (offset, channel, name, data, time; ...), and the newest offset; LOST where the log is another than the node thinks or has not come to the end of
-- what is asked for; BEYOND and the newest offset where ALL begins before the tail.

local after, last, most_events, most_bytes = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local log = redis.call('HMGET', KEYS[1], 'life', 'offset', 'forgotten')
local newest, forgotten = tonumber(log[2] or '0'), tonumber(log[3] or '0')
if log[1] ~= ARGV[2] or newest < (last or after) or not is_whole() then return {'LOST'} end
last = last or newest
local oldest_time = (ARGV[7] == '' and millis() or tonumber(ARGV[7])) - tonumber(ARGV[8])

local MOST_OF_PATTERNS = 1000 -- channels that are merged

local names, is_named, prefixes = {}, {}, {}
for i = 11, 10 + tonumber(ARGV[10]) do
  names[#names + 1] = ARGV[i]
  is_named[ARGV[i]] = true
end
for i = 11 + #names, #ARGV do
  prefixes[#prefixes + 1] = ARGV[i]
end

local function is_wanted(channel)
  if ARGV[9] == 'ALL' or is_named[channel] then return true end
  if string.sub(channel, 1, 1) == '$' then return false end
  for _, prefix in ipairs(prefixes) do
    if string.sub(channel, 1, #prefix) == prefix then return true end
  end
  return false
end

local missing, events = {}, {}

local function miss(channel, offset)
  missing[#missing + 1] = channel
  missing[#missing + 1] = text(offset)
end

local function deliver(event, channel)
  for _, part in ipairs({text(event.offset), channel, event.n, event.d, text(event.t)}) do
    events[#events + 1] = part
  end
end

local first_place = range(TAIL, '-', '+', 1)[1]
local tail_start = first_place and offset_of(first_place[1]) or newest + 1

-- Along the tail: place by place. Right where the tail has every place that is asked for.
local function along_tail()
  local reached, steps, bytes, found = after, 0, 0, 0
  while reached < last and steps < 16 * most_events + 256 do
    local places = range(TAIL, '(' .. text(reached), text(last), 128)
    if #places == 0 then return last end
    for _, entry in ipairs(places) do
      steps = steps + 1
      local offset, channel = offset_of(entry[1]), entry[2][2]
      if is_wanted(channel) then
        local here = range(stream(channel), text(offset), text(offset), 1)[1]
        local event = here and event_of(here)
        if not event or event.t < oldest_time then
          miss(channel, offset)
        else
          bytes, found = bytes + event.size, found + 1
          if found > most_events or (found > 1 and bytes > most_bytes) then return reached end
          deliver(event, channel)
        end
      end
      reached = offset
    end
  end
  return reached
end

-- The next events of one channel, at most about so many; what is missing between them; and how far that is all.
local function of_channel(channel, share, into)
  local newest_here = tonumber(redis.call('ZSCORE', CHANNELS, channel) or '-1')
  local reached, bytes = after, 0
  if newest_here <= after then return last end
  local count = 0
  while count < share and bytes <= most_bytes do
    local entries = range(stream(channel), '(' .. text(reached), text(last), 16)
    for _, entry in ipairs(entries) do
      local event = event_of(entry)
      if not event then
        miss(channel, offset_of(entry[1]))
      else
        if event.p > reached then miss(channel, event.p) end
        if event.t < oldest_time then
          miss(channel, event.offset)
        else
          event.channel = channel
          into[#into + 1] = event
          bytes = bytes + event.size
        end
      end
      reached = offset_of(entry[1])
      count = count + 1
    end
    if #entries < 16 then
      if newest_here > reached then -- something newer was placed: what stands before it?
        local entry = range(stream(channel), '(' .. text(reached), '+', 1)[1]
        local event = entry and event_of(entry)
        local through = not entry and newest_here or event and event.p or reached
        if through > reached then miss(channel, through) end
      end
      return last
    end
  end
  return reached
end

-- Channel by channel, merged by offset.
local function by_channel(channels)
  local asked = {}
  for _, channel in ipairs(channels) do
    local newest_here = tonumber(redis.call('ZSCORE', CHANNELS, channel) or '-1')
    if newest_here > after then
      asked[#asked + 1] = channel
    elseif newest_here < 0 and forgotten > after then
      miss(channel, forgotten)
    end
  end
  local found, bound = {}, last
  local share = math.max(4, math.ceil(most_events / math.max(1, #asked)))
  for _, channel in ipairs(asked) do
    bound = math.min(bound, of_channel(channel, share, found))
  end
  table.sort(found, function(a, b) return a.offset < b.offset end)
  local reached, bytes = after, 0
  for i, event in ipairs(found) do
    bytes = bytes + event.size
    if event.offset > bound then return bound end
    if i > most_events or (i > 1 and bytes > most_bytes) then return reached end
    deliver(event, event.channel)
    reached = event.offset
  end
  return bound
end

-- Adds the channels of the patterns to the names; where there are too many, what is before the tail counts as missing.
local function with_patterns()
  local channels = {}
  for _, name in ipairs(names) do channels[#channels + 1] = name end
  for _, prefix in ipairs(prefixes) do
    local from, to = '[' .. prefix, '[' .. prefix .. '\255'
    if prefix == '' then from, to = '-', '+' end
    local matching = redis.call('ZRANGEBYLEX', NAMES, from, to, 'LIMIT', 0, MOST_OF_PATTERNS + 2)
    if #matching > MOST_OF_PATTERNS then
      last = math.min(last, tail_start - 1)
      miss(prefix .. '*', last)
    else
      if forgotten > after then miss(prefix .. '*', forgotten) end
      for _, channel in ipairs(matching) do
        if string.sub(channel, 1, 1) ~= '$' then channels[#channels + 1] = channel end
      end
    end
  end
  return channels
end

local is_covered = after >= newest or tail_start <= after + 1
local reached
if ARGV[9] == 'ALL' and not is_covered then return {'BEYOND', text(newest)} end
if ARGV[9] == 'ALL' or (#prefixes > 0 and is_covered) then
  reached = along_tail()
else
  reached = by_channel(with_patterns())
end
return {'OK', text(math.max(reached, after)), missing, events, text(newest)}
