-- 40_round.lua -- rounds: `r:<n>`, and of the open one what `c` repeats for the pledges.
--
-- Opening grants everybody at once and closing takes everything back at once: two moves between
-- accounts, however many residents there are. A tender whose round is not open is lapsed.
do
    local function read_open(args)
        count_in(args, 12)
        local own = {round = number_in(args, 6, 0, NUMBER_MOST, 'round'),
                     allotment = number_in(args, 7, 1, AMOUNT_MOST, 'allotment'),
                     token = number_in(args, 8, 1, AMOUNT_MOST, 'token'),
                     closes = number_in(args, 9, 0, NUMBER_MOST, 'closes'),
                     roll = word_in(args, 10, true, 'roll'),
                     hash = hash_in(args, 11, true, 'text_hash'), text = text_in(args, 12)}
        if own.token > own.allotment then malformed('token') end
        return own
    end

    function round.residents_by_area(v)
        local counts, flat = {}, call('HGETALL', v.key .. 'n')
        for i = 1, #flat, 2 do counts[tonumber(flat[i])] = tonumber(flat[i + 1]) end
        return counts
    end

    -- The refusal, or nil and the number of residents.
    local function roll_refused(v, own, counts)
        local c, residents = v.c, 0
        for area = 0, #c.codes - 1 do residents = residents + (counts[area] or 0) end
        if residents == 0 then return refuse('residents_none') end
        for area = 0, #c.codes - 1 do
            local n = counts[area] or 0
            if n > 0 and n < c.area_residents_min then
                return refuse('area_too_small', 'area', c.codes[area + 1], 'residents', n,
                              'least', c.area_residents_min)
            end
        end
        local needed = own.allotment * residents
        if needed > c.unallotted then
            return refuse('unallotted_short', 'short', needed - c.unallotted, 'needed', needed,
                          'unallotted', c.unallotted)
        end
        return nil, residents
    end

    local function write_open(v, own, counts, residents)
        local c, number = v.c, text_of(own.round)
        local granted = own.allotment * residents
        call('DEL', v.key .. 'g')
        turnout.begin(v)
        for area, n in pairs(counts) do
            if n > 0 then call('HSET', v.key .. 'g', text_of(area), text_of(n)) end
        end
        c.round, c.round_n, c.open = own.round, own.round, 1
        c.token, c.allotment, c.closes = own.token, own.allotment, own.closes
        c.granted, c.spent, c.prices, c.rounding = granted, 0, 0, 0
        c.unallotted, c.free = c.unallotted - granted, c.free + granted
        call('HSET', v.key .. 'r:' .. number, 'opened_seq', text_of(v.seq),
             'opened_at', text_of(v.at), 'token', text_of(own.token),
             'allotment', text_of(own.allotment), 'closes', text_of(own.closes),
             'residents', text_of(residents), 'roll', own.roll)
        if own.text ~= '' then call('SET', v.key .. 'x:r' .. number, own.text) end
        deadline.add(v, own.closes, deadline.member(v.seq, 'r', own.round))
        community.save(v)
    end

    local function open(v, own)
        local c = v.c
        if c.open == 1 then return refuse('round_open_already', 'round', c.round) end
        if own.round ~= c.round_n + 1 then return refuse('round_changed', 'round', c.round_n) end
        if own.closes <= v.at then
            return refuse('closes_too_soon', 'closes', own.closes, 'now', v.at)
        end
        local counts = round.residents_by_area(v)
        local no, residents = roll_refused(v, own, counts)
        if no then return no end
        local fields = {'round', text_of(own.round), 'allotment', text_of(own.allotment),
                        'token', text_of(own.token), 'closes', text_of(own.closes),
                        'residents', text_of(residents)}
        log.optional(fields, 'roll', own.roll)
        log.optional(fields, 'grants', pairs_by_area(counts))
        log.optional(fields, 'text', own.hash)
        v.number = own.round
        v.seq = log.append(v, 'round_opened', nil, fields)
        write_open(v, own, counts, residents)
        return {'granted', text_of(c.granted), 'spendable', fund.spendable(v)}
    end

    -- KEYS {slug}:c; ARGV head, round, allotment, token, closes, roll, text_hash, text
    act{name = 'round_open', object = 'round', read = read_open, perform = open}

    local function shut(v, due)
        local c = v.c
        local numbers = {'free', text_of(c.free), 'held', text_of(c.held),
                         'granted', text_of(c.granted), 'spent', text_of(c.spent),
                         'prices', text_of(c.prices), 'rounding', text_of(c.rounding)}
        local seq = log.append(v, 'round_closed', due,
                               {'round', text_of(c.round), unpack(numbers)})
        sealing.disclose_all(v)
        call('HSET', v.key .. 'r:' .. text_of(c.round), 'closed_seq', text_of(seq),
             'closed_at', text_of(v.at), unpack(numbers))
        call('DEL', v.key .. 'ready')
        fallback.end_round(v)
        c.unallotted, c.free, c.held, c.open = c.unallotted + c.free + c.held, 0, 0, 0
        return seq
    end

    -- A round whose deadline has come. Closed by hand before: nothing.
    function deadline.settles.r(v, number, due)
        if v.c.open == 1 and v.c.round == number then shut(v, due) end
    end

    local function close(v, own)
        local c = v.c
        if own.round < 1 or own.round > c.round_n then
            return refuse('round_unknown', 'round', own.round)
        end
        if c.open ~= 1 or own.round ~= c.round then return refuse('round_not_open') end
        v.number = own.round
        local opened_seq = resident.opened_seq(v)
        v.seq = shut(v, nil)
        deadline.remove(v, deadline.member(opened_seq, 'r', own.round))
        community.save(v)
        return {}
    end

    -- KEYS {slug}:c; ARGV head, round
    act{name = 'round_close', object = 'round', flags = {'allow-oom'}, perform = close,
        read = function(args)
            count_in(args, 6)
            return {round = number_in(args, 6, 0, NUMBER_MOST, 'round')}
        end}
end
