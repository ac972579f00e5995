-- resubmit: failed, stalled, cancelled, dropped -> waiting, at the tail.
-- args     request (8 bytes), reset (whether failures count no more), only_dead (leave alone what is no dead letter)
-- ARGV[2]… ids (16 bytes each)
-- Answers  in order: `A` it waits, or did after the same request; `C` and the state that does not allow it; `N` unknown.
--          Fewer than ids if these were large: the rest is to be sent again.
-- A write that is not refused when memory is full.
call('DEL', P .. 't:')
local AGAIN = { F = true, T = true, X = true, D = true }
local answers = {}
local bytes = 0
for i = 2, #ARGV do
  if bytes >= MAX_BYTES then break end
  local id = ARGV[i]
  local v = call('GETRANGE', P .. 't:' .. id, 0, HEAD_READ)
  local r = read(v)
  local rare = P .. 'r:' .. id
  if not r then
    answers[#answers + 1] = 'N'
  elseif has(r, RARE) and call('HGET', rare, 's') == args.request then
    answers[#answers + 1] = 'A'
  elseif not AGAIN[r.state] or args.only_dead and not is_dead(lane_of(v, r), id, r) then
    answers[#answers + 1] = 'C' .. r.state
  else
    local lane = lane_of(v, r)
    leave_ended(lane, id, r)
    r.state = 'W'
    clear(r, CANCEL + SILENCE + BEATS + EXPIRES)
    set(r, RARE)
    r.lost = 0
    r.ended = now
    if args.reset then r.failures = 0 end
    call('HDEL', rare, 'c', 'p', 'h')
    call('HSET', rare, 's', args.request)
    bytes = bytes + rewrite(id, r)
    wait(lane, id, false, sequence_of(v, r))
    tally(lane.queue, 'submitted')
    moved(id, 'W')
    answers[#answers + 1] = 'A'
  end
end
apply(now)
sweep_endings()
return answers
