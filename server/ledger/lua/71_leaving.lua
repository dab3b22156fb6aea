-- 71_leaving.lua -- who leaves or is erased takes back what they hold.
--
-- What they have pledged in the clear stands in the record of the leaving; what is hidden has a
-- sealed record each before it.
do
    -- The held pledges of a wallet of the open round: {place, p, amount} each, with v.area the
    -- wallet's. Reads only.
    function pledge.held_of(v, id)
        v.round = v.c.round
        local held = {}
        if not wallet.load(v, id) then return held end
        local flat = wallet.entries(v)
        for i = 1, #flat, 4 do
            local states = call('HMGET', v.key .. 'st', 'p' .. text_of(flat[i]),
                                't' .. text_of(flat[i + 1]))
            if wallet.worth(v, flat[i + 2], states[1], states[2]) == 'held' then
                local p = proposal.read(v, flat[i], v.area)
                held[#held + 1] = {place = (i + 3) / 4, p = p, amount = flat[i + 2],
                                   hidden = tender.is_hidden(states[2])}
            end
        end
        return held
    end

    -- `waiting`: its fallbacks, which end with it. What is hidden has a record each, sealed, and
    -- what is not stands in that of the leaving.
    function pledge.leaving_fields(v, held, waiting, fields)
        local list = {}
        for i = 1, #held do
            local p, amount = held[i].p, held[i].amount
            if held[i].hidden then
                sealing.append(v, p.tender, 'pledge_withdrawn',
                               pledge.withdrawn_fields(v, p, amount))
            else
                list[#list + 1] = text_of(p.number) .. ':' .. text_of(amount)
            end
        end
        if #list + #waiting == 0 then return end
        local more = {'round', text_of(v.round), 'wallet', v.wallet,
                      'wallet_area', text_of(v.area)}
        for i = 1, #more do fields[#fields + 1] = more[i] end
        log.optional(fields, 'withdrawn', concat(list, ','))
    end

    function pledge.withdraw_all(v, held)
        if #held == 0 then return end
        local gone = {}
        for i = 1, #held do
            pledge.book(v, held[i].p, held[i].amount, 0)
            gone[held[i].place] = true
        end
        turnout.take(v, gone, nil)
        for i = 1, #held do
            local p = held[i].p
            v.tender_state = call('HGET', v.names.st, state_of_tender(p.tender))
            pledge.judge_less(v, p)
        end
    end
end
