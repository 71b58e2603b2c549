-- Moves bookmarks, never back.
-- ARGV: milliseconds that a bookmark is kept; for each of KEYS: epoch and offset.

local function is_before(a, b)
  if #a ~= #b then return #a < #b end
  return a < b
end

for i, key in ipairs(KEYS) do
  local epoch, offset = ARGV[2 * i], ARGV[2 * i + 1]
  local known = redis.pcall('GET', key)
  local e, o = string.match(type(known) == 'string' and known or '', '^(%w+)-(%d+)$')
  if not e or is_before(e, epoch) or (e == epoch and is_before(o, offset)) then
    redis.call('SET', key, epoch .. '-' .. offset, 'PX', ARGV[1])
  else
    redis.call('PEXPIRE', key, ARGV[1])
  end
end
return {#KEYS}
