-- Where a reader stands that begins before the oldest event of some channels, or before their newest few.
-- ARGV: prefix, life, how many events (-1 for all), number of names, names, prefixes.
-- Returns OK and an offset; LOST where the log is another than the node thinks.

local count = tonumber(ARGV[3])
local log = redis.call('HMGET', KEYS[1], 'life', 'offset')
if log[1] ~= ARGV[2] or not is_whole() then return {'LOST'} end
local newest = tonumber(log[2] or '0')
if count == 0 then return {'OK', text(newest)} end

local MOST_OF_PATTERNS = 1000 -- channels that are merged
local MOST_STEPS = 20000 -- places of the tail

local channels, prefixes = {}, {}
for i = 5, 4 + tonumber(ARGV[4]) do channels[#channels + 1] = ARGV[i] end
for i = 5 + #channels, #ARGV do prefixes[#prefixes + 1] = ARGV[i] end

local is_named = {}
for _, name in ipairs(channels) do is_named[name] = true end

local function is_wanted(channel)
  if is_named[channel] then return true end
  if string.sub(channel, 1, 1) == '$' then return false end
  for _, prefix in ipairs(prefixes) do
    if string.sub(channel, 1, #prefix) == prefix then return true end
  end
  return false
end

-- Before the newest few, along the tail; nil where it does not reach so far.
local function back_along_tail()
  local from, found, steps = '+', 0, 0
  while steps < MOST_STEPS do
    local places = redis.call('XREVRANGE', TAIL, from, '-', 'COUNT', 128)
    if #places == 0 then return nil end
    for _, entry in ipairs(places) do
      local offset, channel = offset_of(entry[1]), entry[2][2]
      if is_wanted(channel) and #range(stream(channel), text(offset), text(offset), 1) == 1 then
        found = found + 1
        if found == count then return offset - 1 end
      end
      if offset == 1 then return 0 end
      from = '(' .. entry[1]
      steps = steps + 1
    end
  end
  return nil
end

if count > 0 and #prefixes > 0 then
  local place = back_along_tail()
  if place then return {'OK', text(place)} end
end

local is_many = false
for _, prefix in ipairs(prefixes) do
  local from, to = '[' .. prefix, '[' .. prefix .. '\255'
  if prefix == '' then from, to = '-', '+' end
  local matching = redis.call('ZRANGEBYLEX', NAMES, from, to, 'LIMIT', 0, MOST_OF_PATTERNS + 2)
  is_many = is_many or #matching > MOST_OF_PATTERNS
  for _, channel in ipairs(matching) do
    if string.sub(channel, 1, 1) ~= '$' then channels[#channels + 1] = channel end
  end
end
if is_many then
  local first = range(TAIL, '-', '+', 1)[1]
  return {'OK', text(first and offset_of(first[1]) - 1 or newest)}
end

local offsets = {}
for _, channel in ipairs(channels) do
  local entries
  if count < 0 then
    entries = range(stream(channel), '-', '+', 1)
  else
    entries = redis.pcall('XREVRANGE', stream(channel), '+', '-', 'COUNT', count)
    if entries.err then entries = {} end
  end
  if redis.call('ZSCORE', CHANNELS, channel) then
    for _, entry in ipairs(entries) do offsets[#offsets + 1] = offset_of(entry[1]) end
  end
end
if #offsets == 0 then return {'OK', text(newest)} end
table.sort(offsets, function(a, b) return a > b end)
local place = count < 0 and offsets[#offsets] or offsets[math.min(count, #offsets)]
return {'OK', text(place - 1)}
