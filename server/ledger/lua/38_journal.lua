-- 38_journal.lua -- the private journal of what concerns people, and forgetting in time.
--
-- `journal` is a stream of `kind at area address a b`, at most about 50,000 entries: redeemed (a:
-- serial, b: issued), used (serial, by whom), pledges (how many, by how many wallets; counted by a
-- worker), assisted (helper, seq), approved (kind:object, first>second), resolved, revoked, erased.
-- It is never served to the public and never sealed. Its ids are Redis's own clock; `at` is ours.
do
    local MOST, NOTES_MOST, SWEEP = '50000', 200, 1000

    function journal.add(v, kind, area, address, a, b, at)
        call('XADD', v.key .. 'journal', 'MAXLEN', '~', MOST, '*', 'kind', kind,
             'at', at or v.at_text, 'area', area, 'address', address, 'a', a, 'b', b)
    end

    local function read_notes(args)
        local n, notes = number_in(args, 6, 1, NOTES_MOST, 'n'), {}
        count_in(args, 6 + 6 * n)
        for i = 1, n do
            local at = 1 + 6 * i
            local area = args[at + 2]
            if area ~= '' then area = text_of(number_in(args, at + 2, 0, 63, 'area')) end
            notes[i] = {kind = word_in(args, at, false, 'kind'),
                        at = text_of(number_in(args, at + 1, 0, NUMBER_MOST, 'at')), area = area,
                        address = mark_in(args, at + 3, 0, 11, 'address'),
                        a = mark_in(args, at + 4, 0, 200, 'a'),
                        b = mark_in(args, at + 5, 0, 200, 'b')}
        end
        return notes
    end

    -- KEYS {slug}:c; ARGV head, n, then n x (kind, at, area or '', address or '', a, b)
    act{name = 'journal_add', unjudged = true, read = read_notes, perform = function(v, notes)
        for i = 1, #notes do
            local note = notes[i]
            journal.add(v, note.kind, note.area, note.address, note.a, note.b, note.at)
        end
        return {}
    end}

    -- ---- people_purge -------------------------------------------------------------------------

    -- A thousand fields of a hash from where the last call stopped (`sweep`); judge(name, value)
    -- says whether the field goes. True where there is more of it.
    function journal.sweep(v, key, judge)
        local from = call('HGET', v.key .. 'sweep', key) or '0'
        local found = call('HSCAN', v.key .. key, from, 'COUNT', text_of(SWEEP))
        for i = 1, #found[2], 2 do
            if judge(found[2][i], found[2][i + 1]) then
                call('HDEL', v.key .. key, found[2][i])
            end
        end
        call('HSET', v.key .. 'sweep', key, found[1])
        return found[1] ~= '0'
    end

    local function sweep_journal(v, before)
        local list, old = call('XRANGE', v.key .. 'journal', '-', '+', 'COUNT', text_of(SWEEP)), {}
        for i = 1, #list do
            if tonumber(list[i][2][4]) >= before then break end
            old[i] = list[i][1]
        end
        if #old > 0 then call('XDEL', v.key .. 'journal', unpack(old)) end
        return #old == SWEEP
    end

    local function purge(v, own)
        local before, sweep = own.before, journal.sweep
        local function old_tries(_, row) return tonumber(match(row, '%d+$')) < before end
        local more = {
            sweep(v, 'tries', old_tries), sweep(v, 'tries_from', old_tries),
            sweep(v, 'approvals', function(_, row) return approval.parse(row).at < before end),
            sweep(v, 'gone', function(_, row)
                local granted, at = match(row, '^%d+ (%d+) (%d+)$')
                local held = v.c.open == 1 and tonumber(granted) == v.c.round
                return not held and tonumber(at) < before
            end),
            sweep(v, 'gone_persons', function(_, row) return entry.is_over(v, row) end),
            sweep(v, 'codes', function(serial, row)
                local k = code.parse(row)
                if k.hash ~= '-' and tonumber(k.expires) < before then code.fade(v, serial, k) end
                return false
            end),
            file.sweep(v), sweep_journal(v, before)}
        for i = 1, #more do
            if more[i] then return {'more', '1'} end
        end
        return {'more', '0'}
    end

    -- KEYS {slug}:c; ARGV head, before_ms
    act{name = 'people_purge', perform = purge, flags = {'allow-oom'}, read = function(args)
        count_in(args, 6)
        return {before = number_in(args, 6, 0, NUMBER_MOST, 'before')}
    end}
end
