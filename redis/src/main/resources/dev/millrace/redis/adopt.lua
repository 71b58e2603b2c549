-- Takes the log on, as one node found right, unless another was faster.
-- ARGV: prefix, the life that was found ('' for none), the life from now on, KEEP or FORK or BEGIN.
-- KEEP: the same log on another server. FORK: another life that has the beginning of the one before. BEGIN: an empty log.
-- Returns in a list 1, or 0 where the life was another.

local found = redis.call('HMGET', KEYS[1], 'life', 'offset', 'lineage')
if (found[1] or '') ~= ARGV[2] then return {0} end
if ARGV[4] == 'BEGIN' then
  redis.call('UNLINK', KEYS[1], CHANNELS, NAMES, FIRSTS, TAIL)
  redis.call('HSET', KEYS[1], 'life', ARGV[3], 'offset', 0, 'bytes', 0, 'forgotten', 0, 'lineage', '')
  redis.call('ZADD', CHANNELS, '+inf', '$')
  redis.call('ZADD', FIRSTS, '+inf', '$')
  redis.call('ZADD', NAMES, 0, '$')
elseif ARGV[4] == 'FORK' then
  local lives = {string.match(found[1], '^[^:]+') .. '-' .. found[2]}
  for life in string.gmatch(found[3] or '', '[^,]+') do
    if #lives < 16 then lives[#lives + 1] = life end
  end
  redis.call('HSET', KEYS[1], 'life', ARGV[3], 'lineage', table.concat(lives, ','))
else
  redis.call('HSET', KEYS[1], 'life', ARGV[3])
end
redis.call('DEL', P .. 'trial')
return {1}
