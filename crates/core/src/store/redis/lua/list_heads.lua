-- list_heads: which of these tasks a list lets through, and where they are in its order. No transition.
-- args     filter (see filter.lua), state
-- ARGV[2]… ids (16 bytes each)
-- Answers  in order: false, or a number: of a started task when it began, of another one its sequence
local answers = {}
for i = 2, #ARGV do
  local v = call('GETRANGE', P .. 't:' .. ARGV[i], 0, HEAD_READ)
  local r = read(v)
  local place = false
  if r and r.state == args.state and admits(v, r) then
    if is_in_time(r.state == 'R' and r.started or submitted_of(v, r)) then
      place = r.state == 'R' and r.started or sequence_of(v, r)
    end
  end
  answers[i - 1] = place
end
return answers
