-- 84_view_people.lua -- readers of what concerns people, for the officers of a community.
--
--   codes        head: next (a cursor) issued redeemed (area:n,...); serial state area issued
--                expires batch used
--   code_state   the same of one serial
--   review       head: next; number at reason resident other area
--   approvals    digest kind at object person, oldest first
--   journal      id kind at area address a b, behind `after`
--   helped       helper hour_n ever last
--   anomalies    kind and what 86_anomaly.lua finds
-- Nothing of a secret is told: no hash of a code, no hash of a person.
do
    local HELPERS_MOST, REVIEW_MOST = 1000, 1000

    local function list_of(items, next_one)
        local ok = {'ok', {'next', next_one or '0'}}
        for i = 1, #items do ok[i + 2] = items[i] end
        return ok
    end

    -- A hash in the order of its names as they sort.
    local function sorted(v, key)
        local flat, names, values = call('HGETALL', v.key .. key), {}, {}
        for i = 1, #flat, 2 do names[#names + 1], values[flat[i]] = flat[i], flat[i + 1] end
        table.sort(names)
        return names, values
    end

    local STATES = {o = 'open', u = 'used', r = 'revoked'}
    local function code_item(serial, k)
        return {'serial', serial, 'state', STATES[k.state], 'area', text_of(k.area),
                'issued', k.issued, 'expires', k.expires, 'batch', k.batch, 'used', k.used}
    end

    local function by_area(v, key)
        local flat, counts = call('HGETALL', v.key .. key), {}
        for i = 1, #flat, 2 do counts[tonumber(flat[i])] = tonumber(flat[i + 1]) end
        return pairs_by_area(counts)
    end

    -- KEYS {slug}:c; ARGV now_ms, after (a cursor), limit
    reader{name = 'codes', read = function(args)
        count_in(args, 3)
        return {after = cursor_in(args, 2), limit = number_in(args, 3, 1, 1000, 'limit')}
    end, look = function(v, own)
        local found = call('HSCAN', v.key .. 'codes', own.after, 'COUNT', text_of(own.limit))
        local ok = {'ok', {'next', found[1], 'issued', by_area(v, 'issued'),
                           'redeemed', by_area(v, 'redeemed')}}
        for i = 1, #found[2], 2 do
            ok[#ok + 1] = code_item(found[2][i], code.parse(found[2][i + 1]))
        end
        return ok
    end}

    -- KEYS {slug}:c; ARGV now_ms, serial
    reader{name = 'code_state', read = function(args)
        count_in(args, 2)
        return {serial = code.serial_in(args, 2)}
    end, look = function(v, own)
        local k = code.read(v, own.serial)
        if not k then return refuse('code_unknown') end
        return {'ok', unpack(code_item(own.serial, k))}
    end}

    -- KEYS {slug}:c; ARGV now_ms, after, limit
    reader{name = 'review', read = community.view.read_page, look = function(v, own)
        local names, items, numbers = call('HKEYS', v.key .. 'review'), {}, {}
        for i = 1, #names do
            local number = tonumber(names[i])
            if number > own.after then numbers[#numbers + 1] = number end
        end
        table.sort(numbers)
        local n = min(#numbers, own.limit, REVIEW_MOST)
        for i = 1, n do
            local f = entry.finding(v, numbers[i])
            items[i] = {'number', text_of(f.number), 'at', f.at, 'reason', f.reason,
                        'resident', f.resident, 'other', f.other, 'area', text_of(f.area)}
        end
        return list_of(items, #numbers > n and text_of(numbers[n]) or '0')
    end}

    -- KEYS {slug}:c; ARGV now_ms
    reader{name = 'approvals', look = function(v)
        local names, values = sorted(v, 'approvals')
        local items = {}
        for i = 1, #names do
            local a = approval.parse(values[names[i]])
            if approval.is_fresh(v, a) then
                items[#items + 1] = {'digest', names[i], 'kind', a.kind, 'at', text_of(a.at),
                                     'object', a.object, 'person', a.person}
            end
        end
        table.sort(items, function(a, b)
            if a[6] ~= b[6] then return tonumber(a[6]) < tonumber(b[6]) end
            return a[2] < b[2]
        end)
        return list_of(items)
    end}

    -- KEYS {slug}:c; ARGV now_ms, after (an id of the stream, or ''), limit
    reader{name = 'journal', read = function(args)
        count_in(args, 3)
        local after = bytes_in(args, 2, 0, 40, 'after')
        local ms, n = match(after, '^(%d+)-(%d+)$')
        if after ~= '' and not (ms and #ms <= 15 and #n <= 15) then malformed('after') end
        return {after = after, limit = number_in(args, 3, 1, 1000, 'limit')}
    end, look = function(v, own)
        local from = own.after == '' and '-' or '(' .. own.after
        local found, items = call('XRANGE', v.key .. 'journal', from, '+',
                                  'COUNT', text_of(own.limit)), {}
        for i = 1, #found do items[i] = {'id', found[i][1], unpack(found[i][2])} end
        return list_of(items)
    end}

    -- KEYS {slug}:c; ARGV now_ms
    reader{name = 'helped', look = function(v)
        local names, values = sorted(v, 'helped')
        local items = {}
        for i = 1, min(#names, HELPERS_MOST) do
            local _, n, ever, last = help.read_row(v, values[names[i]])
            items[i] = {'helper', names[i], 'hour_n', text_of(n), 'ever', text_of(ever),
                        'last', text_of(last)}
        end
        return list_of(items)
    end}
end
