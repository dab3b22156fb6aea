-- 83_view_contract.lua -- readers of commissions: the list, and one with all that became of it.
--
-- The forms are those of 80_view_community.lua. Names:
--   commissions     head: next; commission proposal tender body theme state seq at price paid
--                   returned rho spent rounding people pledged draws proposal_text
--   commission_get  head: commission proposal tender body theme state seq at price paid unpaid
--                   returned rho spent rounding people pledged draws paid_by returned_by
--                   (fund:amount,...) starts ends document signed_seq ended_seq moved movable
--                   savings_seq agencies, and the texts contract proposal_text savings termination;
--                   then items: `what` is milestone, evidence, payment, variation or outcome
do
    local view = community.view
    local add_all, text_at = view.add_all, view.text_at
    local LOOKED_AT_MOST = 500

    local function head_of(v, number)
        local k = contract.read(v, number)
        local r = call('HMGET', v.key .. 'p:' .. text_of(number), 'commission_seq',
                       'commission_at', 'rho', 'spent', 'rounding', 'n', 'sum', 'draws')
        k.commission, k.proposal, k.mark = number, number, k.state
        k.state = contract.STATES[k.mark]
        k.seq, k.at, k.rho, k.spent, k.rounding = r[1], r[2], r[3], r[4], r[5]
        k.people, k.pledged, k.drawn = r[6], r[7], k.draws
        k.draws = r[8]
        k.body = call('HGET', v.key .. 't:' .. text_of(k.tender), 'body')
        return k
    end

    local LISTED = {'commission', 'proposal', 'tender', 'body', 'theme', 'state', 'seq', 'at',
                    'price', 'paid', 'returned', 'rho', 'spent', 'rounding', 'people', 'pledged',
                    'draws', 'proposal_text'}

    local function read_list(args)
        local own = view.page_in(args, 2)
        own.state, own.body, own.theme, own.newest = '', '', '', false
        if #args ~= 3 then
            if #args ~= 7 then count_in(args, 6) end
            if args[7] and args[7] ~= 'oldest' and args[7] ~= 'newest' then malformed('sort') end
            own.newest = args[7] == 'newest'
            own.state = word_in(args, 4, true, 'state')
            own.body = word_in(args, 5, true, 'body')
            own.theme = word_in(args, 6, true, 'theme')
        end
        return own
    end

    local function fits(own, k)
        return (own.state == '' or own.state == k.state) and (own.body == '' or own.body == k.body)
            and (own.theme == '' or own.theme == k.theme)
    end

    -- One more than is looked at, where there are so many behind those to leave out.
    local function in_order(v, own)
        local key, first, last = v.key .. 'commissions', own.after, own.after + LOOKED_AT_MOST
        if not own.newest then return call('LRANGE', key, text_of(first), text_of(last)) end
        local n, list = call('LLEN', key), {}
        if first >= n then return list end
        local part = call('LRANGE', key, text_of(max(0, n - 1 - last)), text_of(n - 1 - first))
        for i = #part, 1, -1 do list[#list + 1] = part[i] end
        return list
    end

    -- KEYS {slug}:c; ARGV now_ms, after (how many to leave out), limit [, state, body, theme [,
    -- sort]]
    reader{name = 'commissions', read = read_list, look = function(v, own)
        local numbers = in_order(v, own)
        local ok, looked = {'ok', {'next', '0'}}, 0
        while looked < #numbers and looked < LOOKED_AT_MOST and #ok < own.limit + 2 do
            looked = looked + 1
            local k = head_of(v, tonumber(numbers[looked]))
            if fits(own, k) then
                k.proposal_text = text_at(v, 'p' .. numbers[looked])
                ok[#ok + 1] = add_all({}, k, LISTED)
            end
        end
        if looked < #numbers then ok[2][2] = text_of(own.after + looked) end
        return ok
    end}

    local function add_item(ok, item, names)
        ok[#ok + 1] = add_all({'what', item.what, 'number', text_of(item.number)}, item, names)
    end

    local function text_of_item(v, k, letter, number)
        return text_at(v, 'cm' .. text_of(k.number) .. letter .. text_of(number))
    end

    local function add_milestones(v, k, ok)
        for i = 1, #k.parts do
            local m = contract.milestone(v, k, i)
            m.what, m.state = 'milestone', contract.OF_MILESTONE[m.state]
            m.text, m.dispute = text_of_item(v, k, 'r', i), text_of_item(v, k, 'd', i)
            m.reported_seq, m.accepted_seq = m.reported, m.accepted
            add_item(ok, m, {'amount', 'paid', 'state', 'confirmed', 'disputed', 'reported_seq',
                             'accepted_seq', 'text', 'dispute'})
        end
    end

    local function row_of(k, letter, number)
        return call('HGET', k.key, letter .. text_of(number))
    end

    local function add_evidence(v, k, ok)
        for i = 1, k.evidence do
            local seq, at, milestone, sha = match(row_of(k, 'e', i), '^(%d+) (%d+) (%d+) (%S+)$')
            add_item(ok, {what = 'evidence', number = i, seq = seq, at = at, milestone = milestone,
                          document = sha == '-' and '' or sha, text = text_of_item(v, k, 'e', i)},
                     {'seq', 'at', 'milestone', 'document', 'text'})
        end
    end

    local function add_payments(v, k, ok)
        for i = 1, k.payments do
            local seq, at, milestone, amount = match(row_of(k, 'y', i),
                                                     '^(%d+) (%d+) (%d+) (%d+)$')
            add_item(ok, {what = 'payment', number = i, seq = seq, at = at, milestone = milestone,
                          amount = amount, text = text_of_item(v, k, 'y', i)},
                     {'seq', 'at', 'milestone', 'amount', 'text'})
        end
    end

    local function add_variations(v, k, ok)
        for i = 1, k.variations do
            local of = contract.variation(k, i)
            of.what, of.approved_seq, of.text = 'variation', of.approved, text_of_item(v, k, 'v', i)
            add_item(ok, of, {'seq', 'at', 'ends', 'approved_seq', 'moved', 'milestones', 'text'})
        end
    end

    local function add_outcomes(v, k, ok)
        for i = 1, k.outcomes do
            local seq, at, figure = match(row_of(k, 'o', i), '^(%d+) (%d+) (%S+)$')
            add_item(ok, {what = 'outcome', number = i, seq = seq, at = at,
                          figure = figure == '-' and '' or figure,
                          text = text_of_item(v, k, 'o', i)},
                     {'seq', 'at', 'figure', 'text'})
        end
    end

    local function whole(v, k)
        local number = text_of(k.number)
        k.unpaid = k.price - k.paid - k.returned
        k.paid_by = contract.pairs_text(contract.share(k.drawn, 0, k.paid))
        k.returned_by = contract.pairs_text(contract.share(k.drawn, k.paid, k.returned))
        k.signed_seq, k.ended_seq, k.movable = k.signed or '0', k.ended or '0', floor(k.price / 5)
        k.savings_seq, k.agencies = match(k.savings or '0 ', '^(%d+) (%S*)$')
        k.contract, k.proposal_text = text_at(v, 'cm' .. number), text_at(v, 'p' .. number)
        k.savings = text_at(v, 'cm' .. number .. 's')
        k.termination = text_at(v, 'cm' .. number .. 't')
        return add_all({}, k, {
            'commission', 'proposal', 'tender', 'body', 'theme', 'state', 'seq', 'at', 'price',
            'paid', 'unpaid', 'returned', 'rho', 'spent', 'rounding', 'people', 'pledged', 'draws',
            'paid_by', 'returned_by', 'starts', 'ends', 'document', 'signed_seq', 'ended_seq',
            'moved', 'movable', 'savings_seq', 'agencies', 'contract', 'proposal_text', 'savings',
            'termination'})
    end

    -- KEYS {slug}:c; ARGV now_ms, commission
    reader{name = 'commission_get', read = view.read_number, look = function(v, own)
        if not contract.read(v, own.number) then
            return refuse('commission_unknown', 'commission', own.number)
        end
        local k = head_of(v, own.number)
        local ok = {'ok', whole(v, k)}
        add_milestones(v, k, ok)
        add_evidence(v, k, ok)
        add_payments(v, k, ok)
        add_variations(v, k, ok)
        add_outcomes(v, k, ok)
        return ok
    end}
end
