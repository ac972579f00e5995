-- list_lanes: all entries of the lanes that a list of waiting tasks is about, if these are few. No transition.
-- args     filter: queue, name, version, each optional, as parts of keys; most (entries), most_sets (queues and lanes)
-- Answers  false if there are more, else how many queues and lanes were looked at, and the entries: ids, some of them
--          dead or there twice
local filter = args.filter
local queues = { filter.queue }
if not filter.queue then
  if call('ZCARD', P .. 'queues') > args.most_sets then return false end
  queues = call('ZRANGE', P .. 'queues', 0, -1)
end
local looked, entries = #queues, 0
local lanes = {}
for _, queue in ipairs(queues) do
  local key = P .. 'lanes:' .. queue
  looked = looked + call('HLEN', key)
  if looked > args.most_sets then return false end
  for _, field in ipairs(call('HKEYS', key)) do
    local name, version = string.match(field, '^(.*)@(%d+):%d+$')
    if (not filter.name or name == filter.name) and (not filter.version or version == filter.version) then
      local lane = P .. 'lane:' .. queue .. ':' .. field
      entries = entries + call('LLEN', lane)
      if entries > args.most then return false end
      lanes[#lanes + 1] = lane
    end
  end
end
local answers = { looked }
for _, lane in ipairs(lanes) do
  for _, id in ipairs(call('LRANGE', lane, 0, -1)) do answers[#answers + 1] = id end
end
return answers
