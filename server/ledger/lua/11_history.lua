-- 11_history.lua -- what has happened to a thing: the places of its records in the log.
--
-- `hi:<letter><name>` is a list of `<seq> <at> <kind>`, the last 1,000 of each thing: of a fund, a
-- round, a tender, a proposal (and the commission that it became, which has its number), a need, a
-- contribution, a body (by its word). Records that come by the thousand and are counted elsewhere,
-- pledges and stances above all, are not in it: the log has them.
do
    local KEPT = '1000'
    local LETTERS = {fund = 'f', round = 'r', tender = 't', proposal = 'p', other = 'p',
                     commission = 'p', need = 'n', talk = 'k', body = 'b'}
    local LEFT_OUT = {'pledge_set', 'pledge_withdrawn', 'sealed', 'talk_stance', 'need_seconded',
                      'residents_registered', 'resident_granted', 'resident_left',
                      'fallback_dropped', 'milestone_confirmed', 'milestone_disputed'}

    at_first_call[#at_first_call + 1] = function()
        for i = 1, #LEFT_OUT do log.untraced[LEFT_OUT[i]] = true end
    end

    -- Called by log.append behind the record.
    function history.note(v, seq, kind, fields)
        local entry
        for i = 1, #fields, 2 do
            local letter = LETTERS[fields[i]]
            if letter and (letter ~= 'r' or find(kind, '^round')) then
                entry = entry or concat({text_of(seq), v.at_text, kind}, ' ')
                local key = v.key .. 'hi:' .. letter .. fields[i + 1]
                call('RPUSH', key, entry)
                call('LTRIM', key, '-' .. KEPT, '-1')
            end
        end
    end

    -- KEYS {slug}:c; ARGV now_ms, letter, name (a number, or a body's word), after (seq), limit
    reader{name = 'history', read = function(args)
        count_in(args, 5)
        local letter = args[2]
        if not find(letter, '^[frtpnkb]$') then malformed('letter') end
        return {letter = letter, name = word_in(args, 3, false, 'name'),
                after = number_in(args, 4, 0, NUMBER_MOST, 'after'),
                limit = number_in(args, 5, 1, 500, 'limit')}
    end, look = function(v, own) return history.page(v, own) end}

    -- own: letter, name, after, limit. Bodies are known by their number to who asks (83).
    function history.page(v, own)
        local list = call('LRANGE', v.key .. 'hi:' .. own.letter .. own.name, 0, -1)
        local ok = {'ok', {'next', '0'}}
        for i = 1, #list do
            local seq, at, kind = match(list[i], '^(%d+) (%d+) (%S+)$')
            if own.after == 0 or tonumber(seq) > own.after then
                if #ok - 1 > own.limit then
                    ok[2][2] = match(list[i - 1], '^%d+')
                    break
                end
                ok[#ok + 1] = {'seq', seq, 'at', at, 'kind', kind}
            end
        end
        return ok
    end
end
