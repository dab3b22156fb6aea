-- 72_fallback.lua -- "to A; if A is released, to B; else back to me": the steps behind a pledge.
--
-- `fb:<round>`: a zset, all scores 0, whose members are packed, big-endian: proposal (4), seq (5)
-- of the pledge_set, wallet (22), then the steps as text: `2,3`, at most 3. So the pledges on one
-- proposal stand together, the oldest first, and a pledge finds its own by proposal and seq.
-- `fallbacks`: the proposals that were released and have members, score = seq of the record that
-- released them. A release does no more than put numbers there; fallback_next takes one a call.
do
    local STEPS_MOST, PREFIX, WALLET_SIZE = 3, 9, 22
    local AT = '>I4I5'
    local SEQ_MOST = 1099511627775 -- 2^40 - 1

    local function place_of(v) return v.key .. 'fb:' .. text_of(v.c.round) end

    -- The first member of a proposal from a seq on; nil where there is none.
    local function first_from(v, number, seq, last)
        return call('ZRANGEBYLEX', place_of(v), '[' .. pack(AT, number, seq),
                    '(' .. pack(AT, number, last) .. '\255', 'LIMIT', '0', '1')[1]
    end

    function fallback.steps_in(args, i)
        local text, steps, seen = bytes_in(args, i, 1, 64, 'steps'), {}, {}
        for word in gmatch(text .. ',', '([^,]*),') do
            local number = number_in({word}, 1, 1, NUMBER_MOST, 'steps')
            if seen[number] then malformed('steps') end
            seen[number] = true
            steps[#steps + 1] = text_of(number)
        end
        if #steps > STEPS_MOST then malformed('steps') end
        return concat(steps, ',')
    end

    -- `1:<first>,2:<second>...` as in records.
    function fallback.text(steps)
        local list = {}
        for number in gmatch(steps, '%d+') do
            list[#list + 1] = text_of(#list + 1) .. ':' .. number
        end
        return concat(list, ',')
    end

    -- Of the pledge on a proposal which a pledge_set of that seq gave: its steps, or ''.
    local function steps_of(v, number, seq)
        local member = first_from(v, number, seq, seq)
        return member and sub(member, PREFIX + WALLET_SIZE + 1) or ''
    end

    -- For views: '' where none wait. A row that begins with 1 never had any.
    function fallback.waiting(v, number, seq)
        if v.version == 1 or v.c.open ~= 1 then return '' end
        return fallback.text(steps_of(v, number, seq))
    end

    -- The refusal of the steps that come with a pledge on p.
    function fallback.refused(v, p)
        if tender.is_hidden(v.tender_state) then
            return refuse('fallback_hidden', 'proposal', p.number)
        end
        for text in gmatch(v.steps, '%d+') do
            local number = tonumber(text)
            if number == p.number then return refuse('fallback_itself') end
            local of = call('HGET', v.names.proposal(number), 'tender')
            if not of then return refuse('fallback_unknown', 'proposal', number) end
            if call('HGET', v.key .. 't:' .. of, 'tally') == 'hidden' then
                return refuse('fallback_hidden', 'proposal', number)
            end
        end
        return nil
    end

    -- Whether other steps are asked for than the pledge on p has.
    function fallback.changes(v, p)
        if not v.steps and v.version == 1 then return false end
        return steps_of(v, p.number, wallet.entry_seq(v)) ~= (v.steps or '')
    end

    function fallback.keep(v, number, seq, steps)
        v.version = 2
        call('ZADD', place_of(v), '0', pack(AT, number, seq) .. v.wallet .. steps)
    end

    local function remove(v, number, member)
        call('ZREM', place_of(v), member)
        if not first_from(v, number, 0, SEQ_MOST) then
            call('ZREM', v.key .. 'fallbacks', text_of(number))
        end
    end

    -- The pledge that a pledge_set of that seq gave is no more, or is another one now.
    function fallback.forget(v, number, seq)
        if v.version == 1 then return end
        local member = first_from(v, number, seq, seq)
        if member then remove(v, number, member) end
    end

    -- ---- who leaves ---------------------------------------------------------------------------

    -- Of the wallet that is loaded: {number, member} each. Reads only.
    function fallback.of_wallet(v)
        local found, flat = {}, v.version == 2 and wallet.entries(v) or {}
        for i = 1, #flat, 4 do
            local member = first_from(v, flat[i], flat[i + 3], flat[i + 3])
            if member then found[#found + 1] = {number = flat[i], member = member} end
        end
        return found
    end

    function fallback.drop_all(v, found)
        for i = 1, #found do remove(v, found[i].number, found[i].member) end
    end

    -- ---- release ------------------------------------------------------------------------------

    -- Proposals (numbers or their texts) were released by the record `cause`.
    function fallback.release(v, numbers, cause)
        if call('EXISTS', place_of(v)) == 0 then return end
        for i = 1, #numbers do
            local number = tonumber(numbers[i])
            if first_from(v, number, 0, SEQ_MOST) then
                call('ZADD', v.key .. 'fallbacks', text_of(cause), text_of(number))
            end
        end
    end

    -- The round ends, and with it all that waits: at one stroke.
    function fallback.end_round(v)
        call('UNLINK', place_of(v), v.key .. 'fallbacks')
    end

    function fallback.waits(v) return call('EXISTS', v.key .. 'fallbacks') end

    -- ---- fallback_next ------------------------------------------------------------------------

    -- The oldest pledge of those that the earliest release left behind: from, seq, wallet, steps,
    -- cause; nil where nothing waits. At most 128 proposals are released at once.
    local function next_one(v)
        local key, best, best_seq, from = v.key .. 'fallbacks', nil, SEQ_MOST, nil
        local cause = call('ZRANGE', key, 0, 0, 'WITHSCORES')[2]
        if not cause then return nil end
        local released = call('ZRANGEBYSCORE', key, cause, cause,
                              'LIMIT', '0', text_of(PROPOSALS_LIVE_MOST))
        for i = 1, #released do
            local of = tonumber(released[i])
            local member = first_from(v, of, 0, SEQ_MOST)
            local seq = member and (unpacked('>I5', member, 5))
            if seq and seq < best_seq then best, best_seq, from = member, seq, of end
        end
        if not best then return nil end
        return {from = from, member = best, cause = tonumber(cause),
                wallet = sub(best, PREFIX + 1, PREFIX + WALLET_SIZE),
                steps = sub(best, PREFIX + WALLET_SIZE + 1)}
    end

    -- The first step that takes the pledge: the proposal, and the steps behind it.
    local function step_for(v, one, amount)
        for number, behind in gmatch(one.steps, '(%d+),?()') do
            local p = pledge.look_at(v, tonumber(number))
            if p and not v.index and not pledge.set_refused(v, p, amount) then
                return p, sub(one.steps, behind)
            end
        end
        return nil
    end

    local function drop(v, one, amount)
        v.seq = log.append(v, 'fallback_dropped', nil, {
            'round', text_of(v.round), 'wallet', v.wallet, 'area', text_of(v.area),
            'proposal', text_of(one.from), 'amount', text_of(amount),
            'cause', text_of(one.cause)})
        remove(v, one.from, one.member)
        community.save(v)
    end

    local function take(v, one)
        v.round, v.granted = v.c.round, true
        wallet.load(v, one.wallet)
        local amount = wallet.amount_on(v, one.from)
        local p, rest = step_for(v, one, amount)
        if not p then return drop(v, one, amount) end
        v.steps = rest ~= '' and rest or nil
        pledge.write_set(v, p, amount, one.cause)
        remove(v, one.from, one.member)
    end

    -- KEYS {slug}:c; ARGV head only. Answers taken (1: one was), more (1: others wait).
    act{name = 'fallback_next',
        read = function(args)
            count_in(args, 5)
            return {}
        end,
        perform = function(v)
            local one = next_one(v)
            if one then take(v, one) end
            return {'taken', one and '1' or '0', 'more', text_of(fallback.waits(v))}
        end}
end
