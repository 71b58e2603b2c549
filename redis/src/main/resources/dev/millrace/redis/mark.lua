-- What the log has come to; also as a mark on the node's live link.
-- ARGV: prefix, node.
-- Returns life ('' for none) and offset.

local log = redis.call('HMGET', KEYS[1], 'life', 'offset')
if log[1] then mark(ARGV[2], log[1], tonumber(log[2] or '0')) end
return {log[1] or '', log[2] or '0'}
