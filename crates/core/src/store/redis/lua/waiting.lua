-- waiting: how many tasks of each lane of some queues wait. No transition.
-- args     behind (a queue, or empty = begin)
-- Answers  in order of names, two values a queue: name, and the fields and counts of its lanes in turns. Nothing if there is
--          no queue behind that one.
local answers = {}
local looked = 0
local from = args.behind == '' and '-' or '(' .. args.behind
for _, queue in ipairs(call('ZRANGEBYLEX', P .. 'queues', from, '+', 'LIMIT', 0, MAX_LOOKED_AT)) do
  if looked >= MAX_LOOKED_AT then break end
  local lanes = call('HGETALL', P .. 'lanes:' .. queue)
  looked = looked + 1 + #lanes / 2
  answers[#answers + 1] = queue
  answers[#answers + 1] = lanes
end
return answers
