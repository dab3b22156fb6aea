-- 14_deadline.lua -- deadlines: what is due counts as passed, whoever comes by writes it down.
--
-- `due` is a sorted set: score = due ms, member = `<seq, 16 digits>:<letter><number>`; what comes
-- of it is in the file of what ends then (deadline.settles). c.due repeats the lowest score (0:
-- none), so that an act in quiet times asks nothing. Settling is a complete change by itself, done
-- before the act's own checks.
do
    function deadline.member(seq, letter, number)
        return format('%016.0f:%s%.0f', seq, letter, number)
    end

    local function refresh(v)
        local first = call('ZRANGE', v.key .. 'due', '0', '0', 'WITHSCORES')
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

    -- By letter: writes what follows from a deadline that has come (v, number, due), or nothing.
    deadline.settles = {}

    -- Settles at most 16 of what is due; true where something due remains. One by one: what
    -- settles may set a deadline that comes before the next.
    function deadline.settle(v)
        local c = v.c
        if c.due == 0 or c.due > v.at then return false end
        community.read_all(v)
        for _ = 1, SETTLE_MOST do
            local first = call('ZRANGE', v.key .. 'due', '0', '0', 'WITHSCORES')
            local due = first[2] and tonumber(first[2])
            if not due or due > v.at then break end
            local letter, number = match(first[1], '^%d+:(%l)(%d+)$')
            deadline.settles[letter](v, tonumber(number), due)
            call('ZREM', v.key .. 'due', first[1])
        end
        refresh(v)
        community.save(v)
        return c.due ~= 0 and c.due <= v.at
    end

    -- Numbers of the proposals in `ready` that wait for nothing any more: the headroom covers their
    -- price now, no other has the window, their tender is not paused.
    function deadline.qualifying(v)
        local list, room, states = {}, {}, {}
        if v.c.open == 0 then return '' end
        local ready = call('ZRANGE', v.key .. 'ready', 0, READY_LOOKED_AT_MOST - 1)
        for i = 1, #ready do
            local p = call('HMGET', v.key .. 'p:' .. ready[i], 'price', 'theme', 'tender')
            local theme, of = p[2], p[3]
            room[theme] = room[theme] or community.headroom(v, theme)
            states[of] = states[of] or call('HGET', v.key .. 'st', 't' .. of)
            if room[theme] >= tonumber(p[1]) and (states[of] == 'o' or states[of] == 'h') then
                list[#list + 1] = ready[i]
            end
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
