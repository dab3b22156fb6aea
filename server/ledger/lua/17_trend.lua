-- 17_trend.lua -- how a community fared, day by day (UTC): the hash `tr`.
--
-- The first record of a day writes down, once, how things stood before it: day -> `<seq> <round>
-- <held> <people> <pledges> <spent> <paid> <commissions>`, all as everybody could see them then: of
-- a hidden tally nothing. A day without records has no entry: all stood as the day before. The last
-- 400 are kept. A rebuild begins anew; the log itself has it all.
do
    local DAYS_KEPT, LIVE_MOST = 400, 512
    local FIELDS = {'seq', 'round', 'held', 'people', 'pledges', 'spent', 'paid', 'commissions'}

    local day_begins = learning(16, function(day) return day * DAY_MS end)

    function trend.day_begins(at) return day_begins(floor(at / DAY_MS)) end

    -- How many pledges stand on what is open and seen.
    local function pledges_standing(v)
        local flat, n, looked = call('ZRANGE', v.key .. 'due', '0', text_of(LIVE_MOST - 1)), 0, 0
        for i = 1, #flat do
            local letter, number = match(flat[i], '^%d+:(%l)(%d+)$')
            local t = letter == 't' and looked < LIVE_MOST and tender.read(v, tonumber(number))
            local seen = t and tender.is_live(t.word) and not tender.is_hidden(t.state)
            local live = seen and call('SMEMBERS', v.key .. 'tl:' .. number) or {}
            looked = looked + #live
            for k = 1, #live do
                n = n + tonumber(call('HGET', v.key .. 'p:' .. live[k], 'n'))
            end
        end
        return n
    end

    -- How things stand, by FIELDS.
    local function present(v)
        community.read_all(v)
        local c, people = v.c, 0
        for _, n in pairs(turnout.by_area(v)) do people = people + n end
        return {c.seq, c.round, c.held - sealing.held(v), people, pledges_standing(v), c.spent,
                c.paid, call('LLEN', v.key .. 'commissions')}
    end

    local function forget_old(v)
        local days = call('HKEYS', v.key .. 'tr')
        for i = 1, #days do days[i] = tonumber(days[i]) end
        table.sort(days)
        for i = 1, #days - DAYS_KEPT do call('HDEL', v.key .. 'tr', text_of(days[i])) end
    end

    -- Behind the first record of a day, and before anything that it stands for has been changed.
    function trend.note(v)
        if v.c.at == 0 then return end -- the community has only begun
        local row = present(v)
        for i = 1, #row do row[i] = text_of(row[i]) end
        call('HSET', v.key .. 'tr', text_of(floor(v.c.at / DAY_MS)), concat(row, ' '))
        if call('HLEN', v.key .. 'tr') > DAYS_KEPT then forget_old(v) end
    end

    local function item(day, row)
        local list = {'day', text_of(day)}
        for i = 1, #FIELDS do
            list[#list + 1], list[#list + 2] = FIELDS[i], row[i]
        end
        return list
    end

    -- KEYS {slug}:c; ARGV now_ms, from (a day): the days from there on that have an entry and the
    -- last before them, in order, then how things stand. `seq` is how many records there were.
    reader{name = 'trend', read = function(args)
        count_in(args, 2)
        return {from = number_in(args, 2, 0, NUMBER_MOST, 'from')}
    end, look = function(v, own)
        local flat, rows, days = call('HGETALL', v.key .. 'tr'), {}, {}
        local before = -1
        for i = 1, #flat, 2 do
            local day = tonumber(flat[i])
            rows[day] = flat[i + 1]
            if day >= own.from then days[#days + 1] = day else before = max(before, day) end
        end
        if before >= 0 then days[#days + 1] = before end
        table.sort(days)
        local ok = {'ok', {'next', '0'}}
        for i = 1, #days do
            local row = {}
            for word in gmatch(rows[days[i]], '%d+') do row[#row + 1] = word end
            ok[#ok + 1] = item(days[i], row)
        end
        local row = present(v)
        for i = 1, #row do row[i] = text_of(row[i]) end
        ok[#ok + 1] = item(floor(v.at / DAY_MS), row)
        return ok
    end}
end
