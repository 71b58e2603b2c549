-- Tells a node that has connected what log it finds; where that was written on another server, notes what the node has seen.
-- ARGV: prefix, node, run of the server, the place that the node has seen ('' for none).
-- Returns life ('' for none), offset, lineage, 1 where the registry is there, milliseconds, the nodes with their last signs of
-- life, and since when and what other nodes have said they have seen.

local log = redis.call('HMGET', KEYS[1], 'life', 'offset', 'lineage')
local now = text(millis())
local trial = P .. 'trial'
if log[1] and string.match(log[1], ':(.*)$') ~= ARGV[3] then
  if redis.call('HGET', trial, ':run') ~= ARGV[3] then
    redis.call('DEL', trial)
    redis.call('HSET', trial, ':run', ARGV[3], ':since', now)
  end
  redis.call('HSET', trial, ARGV[2], ARGV[4])
end
return {log[1] or '', log[2] or '0', log[3] or '', is_whole() and 1 or 0, now, redis.call('HGETALL', P .. 'nodes'),
  redis.call('HGETALL', trial)}
