-- 14_deadline.lua -- deadlines: what is due counts as passed, whoever comes by writes it down.
--
-- `due` is a sorted set: score = due ms, member = `<seq of opening, 16 digits>:<t or r><number>`.
-- c.due repeats the lowest score (0: none), so that an act in quiet times asks nothing. Settling is
-- a complete change by itself, done before the act's own checks.
do
    function deadline.member(seq, letter, number)
        return format('%016.0f:%s%.0f', seq, letter, number)
    end

    local function refresh(v)
        local first = call('ZRANGE', v.key .. 'due', 0, 0, 'WITHSCORES')
        v.c.due = first[2] and tonumber(first[2]) or 0
    end

    function deadline.add(v, due, member)
        call('ZADD', v.key .. 'due', text_of(due), member)
        refresh(v)
    end

    function deadline.remove(v, member)
        call('ZREM', v.key .. 'due', member)
        refresh(v)
    end

    local function first_due(v, most)
        return call('ZRANGEBYSCORE', v.key .. 'due', '-inf', text_of(v.at), 'WITHSCORES',
                    'LIMIT', '0', text_of(most))
    end

    -- Settles at most 16 of what is due; true where something due remains.
    function deadline.settle(v)
        local c = v.c
        if c.due == 0 or c.due > v.at then return false end
        community.read_all(v)
        local list = first_due(v, SETTLE_MOST)
        local done = {}
        for i = 1, #list, 2 do
            local member, due = list[i], tonumber(list[i + 1])
            local letter, number = match(member, '^%d+:(%l)(%d+)$')
            if letter == 'r' then
                round.settle(v, tonumber(number), due)
            else
                tender.settle(v, tonumber(number), due)
            end
            done[#done + 1] = member
        end
        if #done > 0 then call('ZREM', v.key .. 'due', unpack(done)) end
        refresh(v)
        community.save(v)
        return c.due ~= 0 and c.due <= v.at
    end

    -- For readers, who cannot write: v.lapsed[tender] of the tenders whose deadline has passed
    -- unwritten, v.round_due where the round's has, and the accounts of v.c as they will be.
    function deadline.foresee(v)
        local c = v.c
        v.round_due, v.lapsed = false, nil
        if c.due == 0 or c.due > v.at then return end
        v.lapsed = {}
        local list = first_due(v, READY_LOOKED_AT_MOST)
        for i = 1, #list, 2 do
            local letter, number = match(list[i], '^%d+:(%l)(%d+)$')
            if letter == 'r' and c.open == 1 and tonumber(number) == c.round then
                v.round_due, c.open = true, 0
            elseif letter == 't' then
                local t = tender.read(v, tonumber(number))
                if tender.is_live(t.word) then
                    v.lapsed[t.number] = true
                    c.held, c.free = c.held - t.held, c.free + t.held
                end
            end
        end
        if v.round_due then
            c.unallotted, c.free, c.held = c.unallotted + c.free + c.held, 0, 0
        end
    end

    -- Numbers of the proposals in `ready` whose headroom covers their price now.
    function deadline.qualifying(v)
        local list, room = {}, {}
        if v.c.open == 0 then return '' end
        local ready = call('ZRANGE', v.key .. 'ready', 0, READY_LOOKED_AT_MOST - 1)
        for i = 1, #ready do
            local p = call('HMGET', v.key .. 'p:' .. ready[i], 'price', 'theme')
            local theme = p[2]
            room[theme] = room[theme] or community.headroom(v, theme)
            if room[theme] >= tonumber(p[1]) then list[#list + 1] = ready[i] end
            if #list == QUALIFYING_MOST then break end
        end
        return concat(list, ',')
    end

    -- KEYS {slug}:c; ARGV head only
    act{name = 'settle', settling = true, flags = {'allow-oom'},
        read = function(args)
            count_in(args, 5)
            return {}
        end,
        perform = function(v)
            return {'due', text_of(v.c.due), 'more', v.more and '1' or '0',
                    'qualifying', deadline.qualifying(v),
                    'fallbacks', text_of(fallback.waits(v))}
        end}
end
