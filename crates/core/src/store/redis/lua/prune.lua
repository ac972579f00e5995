-- prune: ended long enough ago -> unknown, with all that is known of it.
-- args     dead (whether dead letters, and only them), age (milliseconds), limit, rehearsal (only count), from (name of the
--          set to go on with, nil = begin)
-- Answers  now, tasks, the name to go on with or false
-- The sets are those of `endings`, in order of names.
local before = string.format('%d', math.max(0, now - args.age))
local n = 0

-- Forgets tasks of a set, as many as may be.
local function prune_set(name, key, set_name)
  for _, id in ipairs(call('ZRANGEBYSCORE', key, '-inf', before, 'LIMIT', 0, args.limit - n)) do
    n = n + 1
    local v = call('GETRANGE', P .. 't:' .. id, 0, HEAD_READ)
    local r = read(v)
    if r and (STATUS[r.state] == set_name or set_name == 'dead' and r.state == 'F') then
      forget_task(id, v, r)
    else
      -- An entry without its task.
      call('ZREM', key, id)
      left_sets[name] = key
    end
  end
end

-- A write that is not refused when memory is full.
if not args.rehearsal then call('DEL', P .. 't:') end
local names = call('ZRANGEBYLEX', P .. 'endings', args.from and '[' .. args.from or '-', '+', 'LIMIT', 0, MAX_LOOKED_AT)
local go_on = false
for _, name in ipairs(names) do
  if n >= args.limit then
    go_on = name
    break
  end
  local kind, set_name = string.match(name, '^(.*):([^:]*)$')
  if (set_name == 'dead') == args.dead then
    local key = args.dead and P .. 'dead:' .. kind or P .. 'ended:' .. name
    if args.rehearsal then
      n = n + call('ZCOUNT', key, '-inf', before)
    else
      prune_set(name, key, set_name)
      -- It may have more.
      if n >= args.limit then
        go_on = name
        break
      end
    end
  end
end
-- What comes next in order of names.
if not go_on and #names == MAX_LOOKED_AT then go_on = names[#names] .. '\0' end
if not args.rehearsal then apply_forgotten() end
return { now, n, go_on }
