-- cancel: waiting or scheduled -> cancelled; started: the intent is recorded and its worker told.
-- args     nothing
-- ARGV[2]… ids (16 bytes each)
-- Answers  in order: `X` cancelled; `R` and since when (decimal) its end is asked for; `E` and the state if it had
--          ended; `N` unknown. Fewer than ids if these were large: the rest is to be sent again.
-- A write that is not refused when memory is full.
call('DEL', P .. 't:')
local answers = {}
local told = {}     -- workers
local bytes = 0

local function request(id, r)
  local rare = P .. 'r:' .. id
  if not has(r, CANCEL) then
    set(r, CANCEL + RARE)
    call('SETRANGE', P .. 't:' .. id, 1, string.char(r.flags))
    call('HSET', rare, 'c', string.format('%d', now))
  end
  told[r.worker] = true
  return 'R' .. call('HGET', rare, 'c')
end

for i = 2, #ARGV do
  if bytes >= MAX_BYTES then break end
  local id = ARGV[i]
  local v = call('GETRANGE', P .. 't:' .. id, 0, HEAD_READ)
  local r = read(v)
  if not r then
    answers[#answers + 1] = 'N'
  elseif r.state == 'W' or r.state == 'L' then
    bytes = bytes + cancel_unstarted(id, v, r)
    answers[#answers + 1] = 'X'
  elseif r.state == 'R' then
    answers[#answers + 1] = request(id, r)
  else
    answers[#answers + 1] = 'E' .. r.state
  end
end
apply_unstarted()
tell(told)
return answers
