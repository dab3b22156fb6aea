-- 97_alert.lua -- alerts of a trust: its rules, and what they have raised.
--
--   `al:<trust>`  number -> `<when> <n> <to> <account or -> <created>`; `n`, `raised`, `sent` and
--                 `hooks` count. `to`: p (page), m (mail), w (webhooks). `alerts`: trusts with any
--   `ra:<trust>`  `<rule> <slug> <thing>` -> `<number> <at> <cleared> <seen> <value>`
-- The watcher (keeper/watcher.c) says what is true of a community now; here it is told whether that
-- is news, in one call, so that two watchers at once raise and send nothing twice. None of it is in
-- the audit log: watching moves nothing. What is sent of it: 97_delivery.lua.
local alert = {}
do
    local RULES_MOST, RAISED_MOST, TRUE_MOST = 32, 500, 256
    local WHEN = {activation = true, near = true, stalled = true, participation = true,
                  body_suspended = true, log_trouble = true}

    local function place(v, what, trust) return v.key .. what .. ':' .. trust end
    local function trust_in(args, i) return word_in(args, i, false, 'trust') end
    local function next_of(v, trust, name)
        return call('HINCRBY', place(v, 'al', trust), name, '1')
    end

    local function rule_of(text)
        local when, n, to, by, created = match(text, '^(%S+) (%d+) (%l+) (%S+) (%d+)$')
        return {when = when, n = n, to = to, account = by ~= '-' and by or '', created = created}
    end

    -- Of a hash whose fields are numbers and counters: the numbers, ascending.
    local function numbers_of(flat)
        local numbers, rows = {}, {}
        for i = 1, #flat, 2 do
            local number = digits_of(flat[i])
            if number then numbers[#numbers + 1], rows[number] = number, flat[i + 1] end
        end
        table.sort(numbers)
        return numbers, rows
    end

    local function all_of(v, what, trust)
        return numbers_of(call('HGETALL', place(v, what, trust)))
    end

    local function read_trust(args)
        count_in(args, 6)
        return {trust = trust_in(args, 6)}
    end

    local function read_numbered(args)
        count_in(args, 7)
        return {trust = trust_in(args, 6), number = number_in(args, 7, 1, NUMBER_MOST, 'number')}
    end

    alert.place, alert.trust_in, alert.next_of, alert.all_of = place, trust_in, next_of, all_of
    alert.read_trust, alert.read_numbered = read_trust, read_numbered

    -- ---- rules -------------------------------------------------------------------------------

    -- KEYS {@people}:c; ARGV head, trust, when, n, to, account
    people.act{name = 'alert_set', actors = true, object = 'number', perform = function(v, own)
        if #(all_of(v, 'al', own.trust)) >= RULES_MOST then
            return refuse('alerts_too_many', 'most', RULES_MOST)
        end
        v.number = next_of(v, own.trust, 'n')
        call('HSET', place(v, 'al', own.trust), text_of(v.number),
             concat({own.when, text_of(own.n), own.to, own.account == '' and '-' or own.account,
                     v.at_text}, ' '))
        call('ZADD', v.key .. 'alerts', '0', own.trust)
        return {}
    end, read = function(args)
        count_in(args, 10)
        if not WHEN[args[7] or ''] then malformed('when') end
        if not find(args[9], '^p?m?w?$') or args[9] == '' then malformed('to') end
        return {trust = trust_in(args, 6), when = args[7], to = args[9],
                n = number_in(args, 8, 0, 10000, 'n'), account = id_in(args, 10, true, 'account')}
    end}

    local function forget_raised(v, trust, rule)
        local key = place(v, 'ra', trust)
        local fields = call('HKEYS', key)
        for i = 1, #fields do
            if match(fields[i], '^%d+') == rule then call('HDEL', key, fields[i]) end
        end
    end

    -- KEYS {@people}:c; ARGV head, trust, number
    people.act{name = 'alert_drop', actors = true, flags = people.taking, object = 'number',
               perform = function(v, own)
        local number = text_of(own.number)
        v.number = own.number
        if call('HDEL', place(v, 'al', own.trust), number) == 0 then
            return refuse('alert_unknown', 'alert', own.number)
        end
        forget_raised(v, own.trust, number)
        if #(all_of(v, 'al', own.trust)) == 0 then call('ZREM', v.key .. 'alerts', own.trust) end
        return {}
    end, read = read_numbered}

    -- KEYS {@people}:c; ARGV head, trust
    people.reader{name = 'alerts', read = read_trust, look = function(v, own)
        local numbers, rows = all_of(v, 'al', own.trust)
        local ok = {'ok', {'next', '0'}}
        for i = 1, #numbers do
            local r = rule_of(rows[numbers[i]])
            ok[i + 2] = {'alert', text_of(numbers[i]), 'when', r.when, 'n', r.n, 'to', r.to,
                         'account', r.account, 'created', r.created}
        end
        return ok
    end}

    -- The trusts that have rules, at most 1,000. KEYS {@people}:c; ARGV head
    people.reader{name = 'alerting', read = function(args) count_in(args, 5) end,
                  look = function(v)
        local trusts, ok = call('ZRANGE', v.key .. 'alerts', '0', '999'), {'ok', {'next', '0'}}
        for i = 1, #trusts do ok[i + 2] = {'trust', trusts[i]} end
        return ok
    end}

    -- One process watches at a time, which saves work; nothing else hangs on it. KEYS {@people}:c;
    -- ARGV head, worker, ms. Answers mine: 1 where that is this one.
    people.door{name = 'watch_claim', perform = function(v, own)
        local held = call('GET', v.key .. 'watcher')
        if held and held ~= own.worker then return {'mine', '0'} end
        call('SET', v.key .. 'watcher', own.worker, 'PX', own.ms)
        return {'mine', '1'}
    end, read = function(args)
        count_in(args, 7)
        return {worker = people.hash_in(args, 6, 'worker'),
                ms = text_of(number_in(args, 7, 1, 600000, 'ms'))}
    end}

    -- ---- what is raised ----------------------------------------------------------------------

    local RAISED = '^(%d+) (%d+) (%d+) ([01]) (%d+)$'

    -- KEYS {@people}:c; ARGV head, trust
    people.reader{name = 'raised', read = read_trust, look = function(v, own)
        local flat, items = call('HGETALL', place(v, 'ra', own.trust)), {}
        for i = 1, #flat, 2 do
            local rule, slug, thing = match(flat[i], '^(%d+) (%S+) (%d+)$')
            local number, at, cleared, seen, value = match(flat[i + 1], RAISED)
            items[#items + 1] = {'number', number, 'alert', rule, 'community', slug,
                                 'thing', thing, 'value', value, 'at', at, 'cleared', cleared,
                                 'seen', seen, 'when', match(call('HGET',
                                    place(v, 'al', own.trust), rule) or '-', '^%S+')}
        end
        table.sort(items, function(a, b) return tonumber(a[2]) > tonumber(b[2]) end)
        return {'ok', {'next', '0'}, unpack(items)}
    end}

    -- KEYS {@people}:c; ARGV head, trust, number: that one and all before it
    people.act{name = 'raised_seen', actors = true, perform = function(v, own)
        local key = place(v, 'ra', own.trust)
        local flat = call('HGETALL', key)
        for i = 1, #flat, 2 do
            local number, at, cleared, seen, value = match(flat[i + 1], RAISED)
            if seen == '0' and tonumber(number) <= own.number then
                call('HSET', key, flat[i], concat({number, at, cleared, '1', value}, ' '))
            end
        end
        return {}
    end, read = function(args)
        count_in(args, 7)
        return {trust = trust_in(args, 6), number = number_in(args, 7, 0, NUMBER_MOST, 'number')}
    end}

    -- Makes room: the oldest of those that are over goes. False where all still hold.
    local function make_room(v, key)
        if call('HLEN', key) < RAISED_MOST then return true end
        local flat, oldest, least = call('HGETALL', key), nil, NUMBER_MOST
        for i = 1, #flat, 2 do
            local number, _, cleared = match(flat[i + 1], RAISED)
            if cleared ~= '0' and tonumber(number) < least then
                oldest, least = flat[i], tonumber(number)
            end
        end
        if oldest then call('HDEL', key, oldest) end
        return oldest ~= nil
    end

    local function raise(v, own, one)
        local rule = call('HGET', place(v, 'al', own.trust), one.rule)
        local key, field = place(v, 'ra', own.trust), concat({one.rule, own.slug, one.thing}, ' ')
        local row = call('HGET', key, field)
        if not rule or (row and match(row, '^%d+ %d+ (%d+)') == '0') then return end
        if not row and not make_room(v, key) then return end
        rule = rule_of(rule)
        local number = text_of(next_of(v, own.trust, 'raised'))
        call('HSET', key, field, concat({number, v.at_text, '0 0', one.value}, ' '))
        alert.send(v, own.trust, rule, concat({number, v.at_text, rule.when, own.slug,
                                               one.thing, one.value}, ' '))
    end

    -- What is raised of the community and not true any more.
    local function clear(v, own, holds)
        local key = place(v, 'ra', own.trust)
        local flat = call('HGETALL', key)
        for i = 1, #flat, 2 do
            local rule, slug, thing = match(flat[i], '^(%d+) (%S+) (%d+)$')
            local number, at, cleared, seen, value = match(flat[i + 1], RAISED)
            if slug == own.slug and cleared == '0' and not holds[rule .. ' ' .. thing] then
                call('HSET', key, flat[i], concat({number, at, v.at_text, seen, value}, ' '))
            end
        end
    end

    -- KEYS {@people}:c; ARGV head, trust, slug, n, then n times rule, thing, value: all that is
    -- true of that community now
    people.door{name = 'alert_judge', perform = function(v, own)
        clear(v, own, own.holds)
        for i = 1, #own.list do raise(v, own, own.list[i]) end
        return {}
    end, read = function(args)
        local n = number_in(args, 8, 0, TRUE_MOST, 'n')
        count_in(args, 8 + 3 * n)
        local own = {trust = trust_in(args, 6), slug = bytes_in(args, 7, 1, 40, 'slug'), list = {},
                     holds = {}}
        if not find(own.slug, '^[a-z0-9-]+$') then malformed('slug') end
        for i = 9, #args, 3 do
            local one = {rule = text_of(number_in(args, i, 1, NUMBER_MOST, 'rule')),
                         thing = text_of(number_in(args, i + 1, 0, NUMBER_MOST, 'thing')),
                         value = text_of(number_in(args, i + 2, 0, NUMBER_MOST, 'value'))}
            own.list[#own.list + 1] = one
            own.holds[one.rule .. ' ' .. one.thing] = true
        end
        return own
    end}
end
