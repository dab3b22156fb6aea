-- 77_payment.lua -- the money of a commission: a milestone becomes payable, is paid, and what is
-- never paid goes back.
--
-- Which fund has paid how much follows from the draws of the activation and from the sum that is
-- paid: first draw first. What is unpaid goes back by the same draws, the last one first.
do
    local PAYMENTS_MOST = 64

    local function accept(v, own)
        local no, k, m = contract.of_body(v, own, 'cd')
        if not no then no, m = contract.milestone_in(v, k, own, 'r') end
        no = no or (m.disputed > 0
                    and approval.judge(v, 'milestone_accept', own,
                                       'c' .. text_of(k.number) .. 'm' .. text_of(m.number)))
        if no then return no end
        contract.record(v, 'milestone_accepted', {
            'commission', text_of(k.number), 'milestone', text_of(m.number),
            'amount', text_of(m.amount), 'confirmed', text_of(m.confirmed),
            'disputed', text_of(m.disputed)})
        m.state, m.accepted = 'a', v.seq
        contract.write_milestone(k, m)
        approval.spend(v)
        community.save(v)
        return {}
    end

    -- KEYS {slug}:c; ARGV head, commission, actor_body, milestone, person, digest
    act{name = 'milestone_accept', object = 'commission', perform = accept, read = function(args)
        local own, asked = contract.read_milestone(args, 10), approval.asked_in(args, 9)
        own.person, own.digest = asked.person, asked.digest
        return own
    end}

    -- Of the draws from `from` on, `amount`, as pairs: first draw first.
    function contract.share(draws, from, amount)
        local list = {}
        for i = 1, #draws do
            local taken = min(max(draws[i][2] - from, 0), amount)
            from = max(from - draws[i][2], 0)
            if taken > 0 then
                list[#list + 1] = {draws[i][1], taken}
                amount = amount - taken
            end
        end
        return list
    end

    local function payment_refused(k, m, own)
        local unpaid = m.amount - m.paid
        if own.amount > unpaid then
            return refuse('payment_over_milestone', 'amount', own.amount, 'unpaid', unpaid)
        end
        return contract.full('payments', k.payments, PAYMENTS_MOST)
    end

    local function pay(v, own)
        local no, k, m = contract.of_body(v, own, 'cd')
        if not no then no, m = contract.milestone_in(v, k, own, 'a') end
        no = no or payment_refused(k, m, own)
        if no then return no end
        local c, n, amount = v.c, k.payments + 1, text_of(own.amount)
        local funds = contract.share(k.draws, k.paid, own.amount)
        contract.record(v, 'payment_recorded', {
            'commission', text_of(k.number), 'payment', text_of(n), 'milestone',
            text_of(m.number), 'amount', amount, 'funds', contract.pairs_text(funds)}, own.hash)
        m.paid = m.paid + own.amount
        if m.paid == m.amount then m.state = 'y' end
        contract.write_milestone(k, m)
        call('HSET', k.key, 'payments', text_of(n), 'paid', text_of(k.paid + own.amount))
        contract.put(v, k, 'y', n, {text_of(v.seq), v.at_text, text_of(m.number), amount},
                     own.text)
        c.committed, c.paid = c.committed - own.amount, c.paid + own.amount
        community.save(v)
        return {'payment', text_of(n)}
    end

    -- KEYS {slug}:c; ARGV head, commission, actor_body, milestone, amount, text_hash, text
    act{name = 'payment_record', object = 'commission', perform = pay, read = function(args)
        local own = contract.read_milestone(args, 11)
        own.amount = number_in(args, 9, 1, NUMBER_MOST, 'amount')
        return contract.text_of_act(own, args, 10)
    end}

    -- ---- the end --------------------------------------------------------------------------------

    local function complete(v, own)
        local no, k = contract.of_body(v, own, 'cd')
        if no then return no end
        if k.paid < k.price then
            return refuse('commission_unpaid', 'unpaid', k.price - k.paid)
        end
        contract.record(v, 'commission_completed', {
            'commission', text_of(k.number), 'paid', text_of(k.paid)})
        call('HSET', k.key, 'state', 'f', 'ended', text_of(v.seq))
        community.save(v)
        return {}
    end

    -- KEYS {slug}:c; ARGV head, commission, actor_body
    act{name = 'commission_complete', object = 'commission', perform = complete,
        read = function(args) return contract.read_head(args, 7) end}

    -- What goes back to each fund, the last draw first.
    local function returns_of(k)
        local list, unpaid = {}, contract.share(k.draws, k.paid, k.price - k.paid)
        for i = #unpaid, 1, -1 do list[#list + 1] = unpaid[i] end
        return list
    end

    local function terminate(v, own)
        local no, k = contract.of_body(v, own, 'acd')
        no = no or approval.judge(v, 'commission_terminate', own, 'c' .. text_of(k.number))
        if no then return no end
        local c, list, returned = v.c, returns_of(k), k.price - k.paid
        local fields = {'commission', text_of(k.number), 'returned', text_of(returned)}
        log.optional(fields, 'funds', contract.pairs_text(list))
        contract.record(v, 'commission_terminated', fields, own.hash)
        for i = 1, #list do fund.give_back(v, list[i][1], list[i][2]) end
        call('HSET', k.key, 'state', 't', 'ended', text_of(v.seq), 'returned', text_of(returned))
        call('SET', contract.text_key(v, k.number, 't'), own.text)
        c.committed, c.unallotted = c.committed - returned, c.unallotted + returned
        approval.spend(v)
        community.save(v)
        return {'qualifying', deadline.qualifying(v)}
    end

    -- KEYS {slug}:c; ARGV head, commission, actor_body, text_hash, text, person, digest
    act{name = 'commission_terminate', object = 'commission', perform = terminate,
        flags = {'allow-oom'}, read = function(args)
            local own, asked = contract.read_head(args, 11), approval.asked_in(args, 10)
            own.person, own.digest = asked.person, asked.digest
            return contract.text_of_act(own, args, 8)
        end}
end
