-- Lists channels that have events, by name.
-- ARGV: prefix, life, what the names begin with, the name that they sort after, most channels.
-- Returns OK, and for each: channel, number of events, first offset, last offset; LOST where the log is another.

local log = redis.call('HGET', KEYS[1], 'life')
if log ~= ARGV[2] or not is_whole() then return {'LOST'} end
local prefix, after, most = ARGV[3], ARGV[4], tonumber(ARGV[5])

local from = after > prefix and '(' .. after or '[' .. prefix
local found, steps = {'OK'}, 0
while #found < 1 + 4 * most and steps < 20000 do
  local names = redis.call('ZRANGEBYLEX', NAMES, from, '+', 'LIMIT', 0, 128)
  if #names == 0 then return found end
  for _, name in ipairs(names) do
    if string.sub(name, 1, #prefix) ~= prefix or #found >= 1 + 4 * most then return found end
    local first = (string.sub(name, 1, 1) ~= '$' or name == prefix) and range(stream(name), '-', '+', 1)[1]
    if first then
      found[#found + 1] = name
      found[#found + 1] = redis.call('XLEN', stream(name))
      found[#found + 1] = text(offset_of(first[1]))
      found[#found + 1] = redis.call('ZSCORE', CHANNELS, name)
    end
    from = '(' .. name
    steps = steps + 1
  end
end
return found
