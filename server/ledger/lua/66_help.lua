-- 66_help.lua -- who enters a pledge for a resident, from paper: the same pledge, and who helped.
--
-- `helped`: helper -> `<hour> <n in it> <n ever> <last ms>`. A helper enters at most 60 pledges in
-- a clock hour, and one on a tender of their own body only together with a second person.
do
    local HOUR_MS, HOUR_MOST = 3600000, 60

    -- v.help, out of five arguments from i on.
    function help.read(args, i)
        local of = approval.asked_in(args, i + 3)
        of.helper = mark_in(args, i, 1, 128, 'helper')
        of.role = word_in(args, i + 1, false, 'role')
        of.body = word_in(args, i + 2, true, 'body')
        return of
    end

    -- nil, or the answer where the tender is the helper's own body's and a second person is needed.
    function help.judge(v, p)
        local of = v.help
        if of.body == '' then return nil end
        if call('HGET', v.key .. 't:' .. text_of(p.tender), 'body') ~= of.body then return nil end
        local no = approval.judge(v, 'pledge_set', of, 'p' .. text_of(p.number))
        if not v.pending then return no end
        v.seq = v.c.seq - 1
        local ok = pledge.answer(v, p)
        ok[#ok + 1], ok[#ok + 2] = 'pending', 1
        return ok
    end

    -- The hour that is counted in, how many in it, how many ever.
    function help.read_row(v, row)
        local hour, n, ever, last = match(row or '', '^(%d+) (%d+) (%d+) (%d+)$')
        local now = floor(v.at / HOUR_MS)
        if not hour then return now, 0, 0, 0 end
        return now, tonumber(hour) == now and tonumber(n) or 0, tonumber(ever), tonumber(last)
    end

    local function row_of(v)
        return help.read_row(v, call('HGET', v.key .. 'helped', v.help.helper))
    end

    function help.limited(v)
        local hour, n = row_of(v)
        if n < HOUR_MOST then return nil end
        local seconds = floor(((hour + 1) * HOUR_MS - v.at + 999) / 1000)
        return refuse('helper_limit', 'limit', HOUR_MOST, 'seconds', seconds)
    end

    -- Behind the pledge; what changed nothing counts for nothing.
    function help.done(v, changed)
        approval.spend(v)
        if not changed then return end
        local hour, n, ever = row_of(v)
        call('HSET', v.key .. 'helped', v.help.helper, concat({
            text_of(hour), text_of(n + 1), text_of(ever + 1), v.at_text}, ' '))
        journal.add(v, 'assisted', text_of(v.area), '', v.help.helper, text_of(v.seq))
    end
end
