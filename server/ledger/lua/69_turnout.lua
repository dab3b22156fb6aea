-- 69_turnout.lua -- how many people have pledged in the round, by area: `pl`.
--
-- For the trust's watch. Whoever has a pledge in their wallet that they have not taken back counts
-- once, whatever became of it. A pledge whose tally is hidden counts for nothing until it is
-- disclosed, or the figure would tell of it: who has no other stands in `ph`, `<tenders>:<area>` ->
-- people, until one of the tenders is. At most 16 are hidden at once, so `ph` has at most 2^16
-- fields an area, one for each way in which people have combined them. Both end with the round.
do
    -- By the pledges in the row: false where there is none, '' where one can be seen, else the
    -- hidden tenders, ascending.
    local function mark_of(v)
        local flat, met, hidden = wallet.entries(v), {}, {}
        for i = 2, #flat, 4 do
            local number = flat[i]
            if not met[number] then
                met[number] = true
                if not tender.is_hidden(call('HGET', v.names.st, state_of_tender(number))) then
                    return ''
                end
                hidden[#hidden + 1] = number
            end
        end
        if #hidden == 0 then return false end
        table.sort(hidden)
        for i = 1, #hidden do hidden[i] = text_of(hidden[i]) end
        return concat(hidden, ',')
    end

    local function count(v, mark, by)
        if not mark then return end
        if mark == '' then
            call('HINCRBY', v.key .. 'pl', text_of(v.area), by)
            return
        end
        local field = mark .. ':' .. text_of(v.area)
        if call('HINCRBY', v.key .. 'ph', field, by) == 0 then
            call('HDEL', v.key .. 'ph', field)
        end
    end

    local function move(v, before, after)
        if before == after then return end
        count(v, before, '-1')
        count(v, after, '1')
    end

    -- A new pledge on p comes into a wallet whose others, if any, are all hidden.
    function turnout.enter(v, p, amount)
        local before = v.entries_n > 0 and mark_of(v)
        wallet.put(v, p, amount, v.seq)
        move(v, before, tender.is_hidden(v.tender_state) and mark_of(v) or '')
    end

    -- The pledges of `gone` leave the wallet, by their owner's will.
    function turnout.take(v, gone, seq)
        local before = mark_of(v)
        wallet.take(v, gone, seq)
        move(v, before, mark_of(v))
    end

    -- A tender's tally is hidden no longer: by and by its people would come to light anyway.
    function turnout.disclose(v, number)
        local flat, of = call('HGETALL', v.key .. 'ph'), ',' .. text_of(number) .. ','
        for i = 1, #flat, 2 do
            local tenders, area = match(flat[i], '^([%d,]+):(%d+)$')
            if find(',' .. tenders .. ',', of, 1, true) then
                call('HINCRBY', v.key .. 'pl', area, flat[i + 1])
                call('HDEL', v.key .. 'ph', flat[i])
            end
        end
    end

    function turnout.begin(v) call('DEL', v.key .. 'pl', v.key .. 'ph') end

    -- {[area] = people}
    function turnout.by_area(v)
        local flat, counts = call('HGETALL', v.key .. 'pl'), {}
        for i = 1, #flat, 2 do counts[tonumber(flat[i])] = tonumber(flat[i + 1]) end
        return counts
    end
end
