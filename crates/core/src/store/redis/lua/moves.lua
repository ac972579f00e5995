-- Batches of moves of started tasks; shared by turn.lua, reap.lua and stall.lua.
-- A move is a string: id (16 bytes), token (8), state to go to (1), place (1: H head, T tail, - none), then one byte
-- each (0 or 1): dead letter, counts a failure, counts a lost worker, yields to a cancellation, has an end;
-- delay (6, milliseconds); its error group (2 and as many bytes, none unless it is a dead letter, see groups.lua); then
-- the result of a completed task, or the end (msgpack) of the attempt.
local MOVE_LENGTH = 39

-- Applies the moves in ARGV[2] to ARGV[n + 1] by `apply_one`, which is given a move, its id and the record, and answers as
-- move_task does (see move.lua). The answers, in order.
local function move_tasks(n, apply_one)
  local ids = {}
  for i = 1, n do ids[i] = string.sub(ARGV[i + 1], 1, 16) end
  local found = values(ids)
  local answers, seen = {}, {}
  for i, id in ipairs(ids) do
    local before = seen[id]
    -- The same task twice in a batch: the second answer is about what the first one left.
    local answer = before and 'S' .. before or apply_one(ARGV[i + 1], id, found[i])
    if answer == 'AC' then
      seen[id] = 'C'
    elseif string.sub(answer, 1, 1) == 'A' then
      seen[id] = string.sub(answer, 2)
    end
    answers[i] = answer
  end
  return answers
end
