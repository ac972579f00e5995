-- Moves a started task; shared by turn.lua, reap.lua and stall.lua. Needs sets.lua, groups.lua, freed.lua and moves.lua.
local MOVE = '>c16c8c1c1BBBBBI6I2'
local KEPT_ENDS = 100

-- Applies one move to the record `v`, unless its token is not the record's (`S` and the state, or `S-`). Answers
-- `A` and the state that the task went to; also when that had happened before.
-- `over(lane, id)` is given by who takes the task from its worker: says whether that may be done.
local function move_task(move, id, v, now, over)
  local r = read(v)
  if not r then return 'S-' end
  local _, token, to, place, dead, failures, lost, yields, has_end, delay, group =
    struct.unpack(MOVE, move)
  if r.token ~= token then return 'S' .. r.state end
  -- Ended before: by the same step if it was taken away then as it would be now. Reaping stalls nothing.
  if r.state ~= 'R' then
    local by_same = has(r, TAKEN) == (over ~= nil) and not (over and r.state == 'T')
    return (by_same and 'A' or 'S') .. r.state
  end
  local lane = lane_of(v, r)
  if over and not over(lane, id) then return 'S' .. r.state end
  if over then set(r, TAKEN) end

  local result
  if yields == 1 and has(r, CANCEL) then
    to, dead, failures, lost = 'X', 0, 0, 0
  end
  local sequence = sequence_of(v, r)
  gather('ZREM', lane.started, id)
  free(lane.queue, lane.task_type, 1)
  count_running(sequence, -1)
  if has(r, SILENCE) then gather('ZREM', P .. 'silence:' .. lane.queue, id) end
  if has(r, BEATS) then gather('ZREM', P .. 'beats:' .. lane.queue, id) end
  clear(r, SILENCE + BEATS)
  if has_end == 1 then
    set(r, RARE)
    local key = P .. 'r:' .. id
    call('HSET', key, 'e' .. r.attempt,
      struct.pack('>I4I2c8I6I6', r.attempt, r.failures, r.worker, r.started, now) .. string.sub(move, MOVE_LENGTH + group + 1))
    if r.attempt > KEPT_ENDS then call('HDEL', key, 'e' .. (r.attempt - KEPT_ENDS)) end
  elseif to == 'C' then
    result = string.sub(move, MOVE_LENGTH + 1)
  end
  if failures == 1 and r.failures < 65535 then
    r.failures = r.failures + 1
    if to == 'W' or to == 'L' then tally(lane.queue, 'retried') end
  end
  if lost == 1 and r.lost < 65535 then
    r.lost = r.lost + 1
    tally(lane.queue, 'lost')
  end
  r.state = to
  if to == 'W' then
    r.ended = now
    wait(lane, id, place == 'H', sequence)
  elseif to == 'L' then
    schedule(lane, id, now + delay)
  else
    r.ended = now
    clear(r, CANCEL)
    finish(lane, id, dead == 1 and 'dead' or STATUS[to])
    if dead == 1 and group > 0 then
      join_group(lane, id, string.sub(move, MOVE_LENGTH + 1, MOVE_LENGTH + group), now)
    end
    tally(lane.queue, STATUS[to])
  end
  replace(id, write(r, v, result))
  moved(id, to)
  return 'A' .. to
end
