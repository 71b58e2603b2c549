-- A node's sign of life, and what the log has come to; that also as a mark on its live link.
-- ARGV: prefix, node, its figures, milliseconds after which a silent node is forgotten.
-- Returns life, offset, milliseconds, and why the server takes no writes ('' where it does).

local log = redis.call('HMGET', KEYS[1], 'life', 'offset')
local now = millis()
local nodes = P .. 'nodes'
local written = redis.pcall('HSET', nodes, ARGV[2], text(now) .. ' ' .. ARGV[3])
local trouble = ''
if type(written) == 'table' and written.err then
  trouble = written.err
else
  local all = redis.call('HGETALL', nodes)
  for i = 1, #all, 2 do
    local time = tonumber(string.match(all[i + 1], '^%d+') or '0')
    if now - time > tonumber(ARGV[4]) then redis.call('HDEL', nodes, all[i]) end
  end
end
if log[1] then mark(ARGV[2], log[1], tonumber(log[2] or '0')) end
return {log[1] or '', log[2] or '0', text(now), trouble}
