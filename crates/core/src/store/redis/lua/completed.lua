-- The end of most attempts: completed, and nothing to note besides. As moves.lua has it, but for a whole batch at once, in
-- few strings. Needs freed.lua and moves.lua.
local COMPLETED = 'C-\0\0\0\0\0\0\0\0\0\0\0\0\0'     -- such a move behind its token
local written = {}        -- lane -> what is gathered of its tasks
local ended_now
local sub, byte = string.sub, string.byte

local function written_of(lane)
  local of_lane = written[lane]
  if not of_lane then
    of_lane = { tasks = 0, around = {}, leaving = gathering('ZREM', lane.started),
      ended = gathering('ZADD', ending(lane, 'completed')) }
    written[lane] = of_lane
  end
  return of_lane
end

-- Whether the task of the record `v` ends so by this move; then it does.
local function complete(move, id, v)
  local state, flags = byte(v, 1, 2)
  if state ~= RUNS or flags ~= RAN or sub(move, 25, MOVE_LENGTH) ~= COMPLETED
    or sub(v, TOKEN, TOKEN + 7) ~= sub(move, 17, 24) then return false end
  local lane = lane_named((struct.unpack('>I2c0', v, LONG + LANE)))
  local of_lane = written_of(lane)
  local around = sub(v, LONG + SEQUENCE, LONG + SEQUENCE + 4)
  of_lane.tasks = of_lane.tasks + 1
  of_lane.around[around] = (of_lane.around[around] or 0) + 1
  local leaving, ended = of_lane.leaving, of_lane.ended
  leaving[#leaving + 1] = id
  local n = #ended
  ended[n + 1], ended[n + 2] = now_text, id
  ended_now = ended_now or struct.pack('>I6', now)
  replace(id, 'C' .. sub(v, 2, ENDED - 1) .. ended_now .. sub(v, ENDED + 6) .. sub(move, MOVE_LENGTH + 1))
  moved(id, 'C')
  return true
end

-- Counts what was gathered.
local function count_completed()
  for lane, of_lane in pairs(written) do
    free(lane.queue, lane.task_type, of_lane.tasks)
    tally(lane.queue, 'completed', of_lane.tasks)
    for around, tasks in pairs(of_lane.around) do count(all_runs, chunk_of(around), -tasks) end
  end
  written = {}
end
