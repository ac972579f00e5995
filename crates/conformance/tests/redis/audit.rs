//! What indexes and counts say, against the records.

use std::collections::BTreeMap;

use super::OwnServer;

/// Reads every record in a script and counts anew.
const COUNT: &str = r#"
local P = ARGV[1]
local counts = {}
local function add(key, field, by)
  local name = key .. ' ' .. field
  counts[name] = (counts[name] or 0) + (by or 1)
end
for _, key in ipairs(redis.call('KEYS', P .. 't:*')) do
  local id = string.sub(key, #P + 3)
  local v = redis.call('GET', key)
  local state, flags = struct.unpack('>c1B', v)
  local body = bit.band(flags, 1) == 1 and 47 or 3
  local sequence = struct.unpack('>I6', v, body + 6)
  local lane = struct.unpack('>I2c0', v, body + 20)
  local queue, field = string.match(lane, '^([^:]*):(.*)$')
  local kind = string.match(lane, '^(.*):')
  local chunk = math.floor(sequence / 512)
  add('logs', chunk)
  if redis.call('LINDEX', P .. 'log:' .. chunk, sequence % 512) ~= id then add('not in the log', sequence) end
  if not redis.call('ZSCORE', P .. 'queues', queue) then add('not among the queues', queue) end
  local function is_in(set, index, name)
    if not redis.call('ZSCORE', P .. set, id) then add('not in', set) end
    if not redis.call('ZSCORE', P .. index, name) then add('not in ' .. index, name) end
  end
  if state == 'W' then
    add('lanes:' .. queue, field)
    add('waits:' .. queue, chunk)
    add('waits', chunk)
  elseif state == 'L' then
    is_in('scheduled:' .. queue, 'dues', queue)
  elseif state == 'R' then
    add('runs', chunk)
    is_in('started:' .. kind, 'deadlines', kind)
    local task_type = string.match(kind, '^[^:]*:(.*)$')
    if redis.call('SISMEMBER', P .. 'running:' .. queue, task_type) == 0 then add('not in running:', kind) end
    if redis.call('SISMEMBER', P .. 'running_in:' .. task_type, queue) == 0 then add('not in running_in:', kind) end
  elseif redis.call('ZSCORE', P .. 'dead:' .. kind, id) then
    -- Every dead letter has a group.
    if state ~= 'F' then add('dead but not failed', kind) end
    is_in('dead:' .. kind, 'endings', kind .. ':dead')
    add('dead', queue)
    add('errors:' .. kind, redis.call('HGET', P .. 'r:' .. id, 'f') or 'no group')
  else
    local status = ({ C = 'completed', F = 'failed', X = 'cancelled', T = 'stalled', D = 'dropped' })[state]
    is_in('ended:' .. kind .. ':' .. status, 'endings', kind .. ':' .. status)
  end
  if bit.band(flags, 64) ~= 0 and not redis.call('ZSCORE', P .. 'expires', id) then add('not among', 'expires') end
  add('members', 'all', 1)
end
local answer = {}
for name, n in pairs(counts) do answer[#answer + 1] = name .. '=' .. n end
return answer
"#;

/// Reads every index in a script.
const READ: &str = r#"
local P = ARGV[1]
local answer = {}
local function add(key, field, n) answer[#answer + 1] = key .. ' ' .. field .. '=' .. n end
local members = 0
for _, key in ipairs(redis.call('KEYS', P .. '*')) do
  local name = string.sub(key, #P + 1)
  if name == 'logs' or name == 'waits' or name == 'runs' or name == 'dead' or string.match(name, '^lanes:') or string.match(name, '^waits:') then
    local fields = redis.call('HGETALL', key)
    for i = 1, #fields, 2 do add(name, fields[i], fields[i + 1]) end
  elseif string.match(name, '^errors:') then
    local groups = redis.call('HGETALL', key)
    for i = 1, #groups, 2 do add(name, groups[i], struct.unpack('>I4', groups[i + 1])) end
  elseif string.match(name, '^scheduled:') or string.match(name, '^started:') or string.match(name, '^dead:')
    or string.match(name, '^ended:') then
    members = members + redis.call('ZCARD', key)
  elseif string.match(name, '^lane:') then
    -- Entries of what waits, each once.
    local live = {}
    for _, id in ipairs(redis.call('LRANGE', key, 0, -1)) do
      if redis.call('GETRANGE', P .. 't:' .. id, 0, 0) == 'W' then live[id] = true end
    end
    for _ in pairs(live) do members = members + 1 end
  elseif string.match(name, '^log:') then
    local chunk = string.sub(name, 5)
    local chunks = redis.call('ZRANGEBYSCORE', P .. 'chunks', chunk, chunk)
    if #chunks ~= 1 then add('chunks', chunk, #chunks) end
  end
end
add('members', 'all', members)
return answer
"#;

/// Fails unless the indexes and counts are what the records say.
pub fn check(server: &OwnServer) {
    let prefix = format!("{}:{{0}}:", server.prefix);
    let read = |script: &str| -> BTreeMap<String, String> {
        let answer = server.server.command(&["EVAL", script, "0", &prefix]);
        answer.iter().filter_map(|line| line.rsplit_once('=')).map(|(name, n)| (name.into(), n.into())).collect()
    };
    let (counted, kept) = (read(COUNT), read(READ));
    assert!(!counted.is_empty(), "no record was read");
    let differs = |a: &BTreeMap<String, String>, b: &BTreeMap<String, String>| -> Vec<String> {
        a.iter().filter(|(name, n)| b.get(*name) != Some(n)).map(|(name, n)| format!("{name}={n}")).collect()
    };
    assert_eq!(counted, kept, "counted {:?}, kept {:?}", differs(&counted, &kept), differs(&kept, &counted));
}
