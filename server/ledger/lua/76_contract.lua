-- 76_contract.lua -- what becomes of a commission: contract, milestones, payments, and its end.
--
-- `cm:<n>` says how far it has come (../SERVICE.md, "Funds and commissions"). The draws of its
-- price stand with the proposal since the activation. Here are what all files of commissions share,
-- the contract and the evidence; money is in 77_payment.lua, what people found in 78_voice.lua,
-- variations and outcomes in 79_variation.lua.
do
    local STATES = {a = 'awarded', c = 'contracted', d = 'delivering', f = 'completed',
                    t = 'terminated'}
    local OF_MILESTONE = {p = 'planned', r = 'reported', a = 'accepted', y = 'paid'}
    local MILESTONES_MOST, EVIDENCE_MOST = 16, 64
    local FIELDS = {'state', 'starts', 'ends', 'document', 'signed', 'milestones', 'paid',
                    'returned', 'moved', 'evidence', 'payments', 'variations', 'outcomes',
                    'savings', 'ended'}
    local NUMBERS = {'paid', 'returned', 'moved', 'evidence', 'payments', 'variations', 'outcomes',
                     'starts', 'ends'}
    contract.STATES, contract.OF_MILESTONE = STATES, OF_MILESTONE

    function contract.key(v, number) return v.key .. 'cm:' .. text_of(number) end
    function contract.text_key(v, number, what)
        return v.key .. 'x:cm' .. text_of(number) .. what
    end

    -- `a:b,a:b` as a list of pairs.
    function contract.pairs_of(text)
        local list = {}
        for a, b in gmatch(text, '(%d+):(%d+)') do
            list[#list + 1] = {tonumber(a), tonumber(b)}
        end
        return list
    end

    function contract.pairs_text(list)
        local parts = {}
        for i = 1, #list do parts[i] = text_of(list[i][1]) .. ':' .. text_of(list[i][2]) end
        return concat(parts, ',')
    end

    -- `1:amount,2:amount`, at most 16, each at least 1: the text, its amounts and their sum.
    function contract.amounts_in(args, i, may_be_empty, what)
        local text, amounts, sum = bytes_in(args, i, 0, 400, what), {}, 0
        if text == '' and may_be_empty then return nil end
        for pair in gmatch(text .. ',', '([^,]*),') do
            local n, amount = match(pair, '^(%d+):(%d+)$')
            amount = amount and digits_of(amount)
            if not amount or amount < 1 or n ~= text_of(#amounts + 1) then malformed(what) end
            amounts[#amounts + 1], sum = amount, sum + amount
        end
        if #amounts > MILESTONES_MOST or sum > NUMBER_MOST then malformed(what) end
        return {text = text, amounts = amounts, sum = sum}
    end

    -- nil, or the refusal where the parts are not the price.
    function contract.not_price(of, price)
        if of.sum == price then return nil end
        return refuse('milestones_not_price', 'sum', of.sum, 'price', price)
    end

    local function read_proposal(v, k)
        local r = call('HMGET', v.key .. 'p:' .. text_of(k.number), 'tender', 'price', 'theme',
                       'round', 'draws', 'milestones')
        k.tender, k.price, k.theme = tonumber(r[1]), tonumber(r[2]), r[3]
        k.round, k.draws = tonumber(r[4]), contract.pairs_of(r[5])
        k.planned = r[6] or '1:' .. r[2]
    end

    -- A commission with its amounts by milestone; nil where there is none of that number.
    function contract.read(v, number)
        if number < 1 or number > v.c.proposal_n then return nil end
        local state = call('HGET', v.key .. 'st', 'p' .. text_of(number))
        if sub(state, 1, 1) ~= 'a' then return nil end
        local k = {number = number, key = contract.key(v, number)}
        read_proposal(v, k)
        local r = call('HMGET', k.key, unpack(FIELDS))
        for i = 1, #FIELDS do k[FIELDS[i]] = r[i] or nil end
        k.state, k.milestones = k.state or 'a', k.milestones or k.planned
        for i = 1, #NUMBERS do k[NUMBERS[i]] = tonumber(k[NUMBERS[i]] or '0') end
        k.parts = contract.pairs_of(k.milestones)
        return k
    end

    -- What every act begins with: the commission, or the refusal. `states`: letters.
    function contract.of_body(v, own, states)
        local k = contract.read(v, own.commission)
        if not k then return refuse('commission_unknown', 'commission', own.commission) end
        k.body = call('HGET', v.key .. 't:' .. text_of(k.tender), 'body')
        if own.body ~= '' and own.body ~= k.body then
            return refuse('not_your_body', 'body', k.body)
        end
        if not find(states, k.state, 1, true) then
            return refuse('commission_state', 'state', STATES[k.state])
        end
        v.number = own.commission
        return nil, k
    end

    function contract.milestone(v, k, number)
        local m = {number = number, amount = k.parts[number][2]}
        local row = call('HGET', k.key, 'm' .. text_of(number)) or 'p 0 0 0 0 0'
        local state, paid, confirmed, disputed, reported, accepted =
            match(row, '^(%l) (%d+) (%d+) (%d+) (%d+) (%d+)$')
        m.state, m.paid, m.confirmed = state, tonumber(paid), tonumber(confirmed)
        m.disputed, m.reported, m.accepted = tonumber(disputed), tonumber(reported),
            tonumber(accepted)
        return m
    end

    -- The milestone where it is there and in that state ('' any); else the refusal.
    function contract.milestone_in(v, k, own, state)
        if own.milestone < 1 or own.milestone > #k.parts then
            return refuse('milestone_unknown', 'milestone', own.milestone, 'milestones', #k.parts)
        end
        local m = contract.milestone(v, k, own.milestone)
        if state ~= '' and m.state ~= state then
            return refuse('milestone_state', 'state', OF_MILESTONE[m.state])
        end
        return nil, m
    end

    function contract.write_milestone(k, m)
        call('HSET', k.key, 'm' .. text_of(m.number),
             concat({m.state, text_of(m.paid), text_of(m.confirmed), text_of(m.disputed),
                     text_of(m.reported), text_of(m.accepted)}, ' '))
    end

    function contract.full(what, n, most)
        if n < most then return nil end
        return refuse('commission_full', 'what', what, 'most', most)
    end

    function contract.file_unknown(v, sha)
        if sha == '' or file.known(v, sha) then return nil end
        return refuse('file_unknown')
    end

    -- The next of what is counted in `cm`: its row, its text.
    function contract.put(v, k, letter, number, row, text)
        call('HSET', k.key, letter .. text_of(number), concat(row, ' '))
        call('SET', contract.text_key(v, k.number, letter .. text_of(number)), text)
    end

    function contract.record(v, kind, fields, text_hash)
        if text_hash then log.optional(fields, 'text', text_hash) end
        v.seq = log.append(v, kind, nil, fields)
    end

    function contract.read_head(args, n)
        count_in(args, n)
        return {commission = number_in(args, 6, 0, NUMBER_MOST, 'commission'),
                body = word_in(args, 7, true, 'actor_body')}
    end

    function contract.text_of_act(own, args, i)
        own.hash, own.text = hash_in(args, i, false, 'text_hash'), text_in(args, i + 1)
        return own
    end

    -- ---- contract and evidence ------------------------------------------------------------------

    local function sign(v, own)
        local no, k = contract.of_body(v, own, 'a')
        if no then return no end
        if own.ends <= own.starts then
            return refuse('contract_dates', 'starts', own.starts, 'ends', own.ends)
        end
        no = contract.file_unknown(v, own.document)
        if no then return no end
        local starts, ends = text_of(own.starts), text_of(own.ends)
        contract.record(v, 'contract_signed', {
            'commission', text_of(k.number), 'starts', starts, 'ends', ends,
            'value', text_of(k.price), 'document', own.document}, own.hash)
        call('HSET', k.key, 'state', 'c', 'starts', starts, 'ends', ends,
             'document', own.document, 'signed', text_of(v.seq), 'milestones', k.milestones)
        call('SET', contract.text_key(v, k.number, ''), own.text)
        file.publish(v, own.document)
        community.save(v)
        return {}
    end

    -- KEYS {slug}:c; ARGV head, commission, actor_body, starts, ends, document, text_hash, text
    act{name = 'contract_sign', object = 'commission', perform = sign, read = function(args)
        local own = contract.read_head(args, 12)
        own.starts = number_in(args, 8, 1, NUMBER_MOST, 'starts')
        own.ends = number_in(args, 9, 1, NUMBER_MOST, 'ends')
        own.document = hash_in(args, 10, false, 'document')
        return contract.text_of_act(own, args, 11)
    end}

    function contract.read_milestone(args, n)
        local own = contract.read_head(args, n)
        own.milestone = number_in(args, 8, 0, NUMBER_MOST, 'milestone')
        return own
    end

    local function add_evidence(v, own)
        local no, k = contract.of_body(v, own, 'cd')
        if not no then no = contract.milestone_in(v, k, own, '') end
        no = no or contract.full('evidence', k.evidence, EVIDENCE_MOST)
            or contract.file_unknown(v, own.document)
        if no then return no end
        local n, milestone = k.evidence + 1, text_of(own.milestone)
        local fields = {'commission', text_of(k.number), 'milestone', milestone,
                        'evidence', text_of(n)}
        log.optional(fields, 'document', own.document)
        contract.record(v, 'evidence_added', fields, own.hash)
        call('HSET', k.key, 'state', 'd', 'evidence', text_of(n))
        contract.put(v, k, 'e', n, {text_of(v.seq), v.at_text, milestone,
                                    own.document == '' and '-' or own.document}, own.text)
        file.publish(v, own.document)
        community.save(v)
        return {'evidence', text_of(n)}
    end

    -- KEYS {slug}:c; ARGV head, commission, actor_body, milestone, document, text_hash, text
    act{name = 'evidence_add', object = 'commission', perform = add_evidence, read = function(args)
        local own = contract.read_milestone(args, 11)
        own.document = hash_in(args, 9, true, 'document')
        return contract.text_of_act(own, args, 10)
    end}

    local function report(v, own)
        local no, k, m = contract.of_body(v, own, 'cd')
        if not no then no, m = contract.milestone_in(v, k, own, 'p') end
        if no then return no end
        contract.record(v, 'milestone_reported', {
            'commission', text_of(k.number), 'milestone', text_of(m.number)}, own.hash)
        m.state, m.reported = 'r', v.seq
        call('HSET', k.key, 'state', 'd')
        contract.write_milestone(k, m)
        call('SET', contract.text_key(v, k.number, 'r' .. text_of(m.number)), own.text)
        community.save(v)
        return {}
    end

    -- KEYS {slug}:c; ARGV head, commission, actor_body, milestone, text_hash, text
    act{name = 'milestone_report', object = 'commission', perform = report, read = function(args)
        return contract.text_of_act(contract.read_milestone(args, 10), args, 9)
    end}
end
