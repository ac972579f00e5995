-- The answer to a turn that was answered before; a part of turn.lua, made where it is needed. Needs record.lua.
local function repeated(last)
  local sequence, finishes, claims = struct.unpack('>I8I2I2', last)
  if sequence ~= args.sequence then
    return redis.error_reply('OLDTURN sequence ' .. args.sequence .. ' after ' .. sequence)
  end
  local claimed, at = {}, 13 + 2 * finishes
  local answers = string.sub(last, 13, at - 1)
  local ids, tokens = {}, {}
  for i = 1, claims do
    ids[i], tokens[i] = struct.unpack('>c16c8', last, at)
    at = at + 24
  end
  for i, v in ipairs(values(ids)) do
    local r = read(v)
    if r and r.state == 'R' and r.token == tokens[i] then
      claimed[#claimed + 1] = ids[i]
      claimed[#claimed + 1] = v
    end
  end
  -- An older program has not remembered the last one.
  local next_slot = #last >= at + 6 and struct.unpack('>I6', last, at + 1) or 0
  return { now, answers, claimed, string.byte(last, at) or 0, next_slot > 0 and next_slot }
end
