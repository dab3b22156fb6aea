-- 79_variation.lua -- what changes or is told of a commission on its way: variations of its
-- milestones and its end, outcomes in figures and words, what agencies expect to save.
do
    local VARIATIONS_MOST, OUTCOMES_MOST = 16, 64
    local ROW = '^(%d+) (%d+) (%d+) (%d+) (%d+) (%S+)$'

    -- How much milestones gain against what is now, and the first that may not change.
    local function compare(v, k, amounts)
        local moved, fixed = 0, nil
        for i = 1, #amounts do
            local now = k.parts[i][2]
            if amounts[i] ~= now and not fixed then
                local state = contract.milestone(v, k, i).state
                if state == 'a' or state == 'y' then fixed = i end
            end
            moved = moved + max(amounts[i] - now, 0)
        end
        return moved, fixed
    end

    -- What both proposing and approving judge; own.moved is set.
    local function judge(v, k, own, proposing)
        local moved, fixed = compare(v, k, own.amounts)
        own.moved = moved
        if fixed then return refuse('milestone_fixed', 'milestone', fixed) end
        if proposing and moved == 0 and (own.ends == 0 or own.ends == k.ends) then
            return refuse('variation_empty')
        end
        if own.ends > 0 and own.ends <= k.starts then
            return refuse('contract_dates', 'starts', k.starts, 'ends', own.ends)
        end
        local most = floor(k.price / 5)
        if k.moved + moved > most then
            return refuse('variation_too_large', 'moved', moved, 'used', k.moved, 'most', most)
        end
        return nil
    end

    local function proposal_refused(v, k, own)
        local of = own.milestones
        if #of.amounts ~= #k.parts then
            return refuse('milestones_count', 'given', #of.amounts, 'milestones', #k.parts)
        end
        own.amounts = of.amounts
        return contract.not_price(of, k.price) or judge(v, k, own, true)
            or contract.full('variations', k.variations, VARIATIONS_MOST)
    end

    local function propose(v, own)
        local no, k = contract.of_body(v, own, 'cd')
        no = no or proposal_refused(v, k, own)
        if no then return no end
        local n, ends, moved = k.variations + 1, text_of(own.ends), text_of(own.moved)
        local fields = {'commission', text_of(k.number), 'variation', text_of(n),
                        'milestones', own.milestones.text, 'moved', moved}
        log.optional(fields, 'ends', own.ends > 0 and ends or '')
        contract.record(v, 'variation_proposed', fields, own.hash)
        call('HSET', k.key, 'variations', text_of(n))
        contract.put(v, k, 'v', n, {text_of(v.seq), v.at_text, ends, '0', moved,
                                    own.milestones.text}, own.text)
        community.save(v)
        return {'variation', text_of(n)}
    end

    -- KEYS {slug}:c; ARGV head, commission, actor_body, milestones, ends, text_hash, text
    act{name = 'variation_propose', object = 'commission', perform = propose, read = function(args)
        local own = contract.read_head(args, 11)
        own.milestones = contract.amounts_in(args, 8, false, 'milestones')
        own.ends = number_in(args, 9, 0, NUMBER_MOST, 'ends')
        return contract.text_of_act(own, args, 10)
    end}

    function contract.variation(k, number)
        local row = call('HGET', k.key, 'v' .. text_of(number))
        local seq, at, ends, approved, moved, milestones = match(row, ROW)
        return {number = number, seq = seq, at = at, ends = tonumber(ends), moved = moved,
                approved = tonumber(approved), milestones = milestones}
    end

    local function approval_refused(v, k, own)
        if own.variation < 1 or own.variation > k.variations then
            return refuse('variation_unknown', 'variation', own.variation)
        end
        local given = contract.variation(k, own.variation)
        if given.approved > 0 then return refuse('variation_approved') end
        local list = contract.pairs_of(given.milestones)
        own.given, own.ends, own.amounts = given, given.ends, {}
        for i = 1, #list do own.amounts[i] = list[i][2] end
        return judge(v, k, own, false)
            or approval.judge(v, 'variation_approve', own,
                              'c' .. text_of(k.number) .. 'v' .. text_of(own.variation))
    end

    local function approve(v, own)
        local no, k = contract.of_body(v, own, 'cd')
        no = no or approval_refused(v, k, own)
        if no then return no end
        local given, moved = own.given, text_of(own.moved)
        contract.record(v, 'variation_approved', {
            'commission', text_of(k.number), 'variation', text_of(own.variation),
            'moved', moved})
        call('HSET', k.key, 'milestones', given.milestones, 'moved', text_of(k.moved + own.moved),
             'v' .. text_of(own.variation),
             concat({given.seq, given.at, text_of(given.ends), text_of(v.seq), moved,
                     given.milestones}, ' '))
        if given.ends > 0 then call('HSET', k.key, 'ends', text_of(given.ends)) end
        approval.spend(v)
        community.save(v)
        return {}
    end

    -- KEYS {slug}:c; ARGV head, commission, actor_body, variation, person, digest
    act{name = 'variation_approve', object = 'commission', perform = approve, read = function(args)
        local own, asked = contract.read_head(args, 10), approval.asked_in(args, 9)
        own.variation = number_in(args, 8, 0, NUMBER_MOST, 'variation')
        own.person, own.digest = asked.person, asked.digest
        return own
    end}

    -- ---- outcomes and savings -------------------------------------------------------------------

    local function report(v, own)
        local no, k = contract.of_body(v, own, 'cdft')
        no = no or contract.full('outcomes', k.outcomes, OUTCOMES_MOST)
        if no then return no end
        local n = k.outcomes + 1
        local fields = {'commission', text_of(k.number), 'outcome', text_of(n)}
        log.optional(fields, 'figure', own.figure)
        contract.record(v, 'outcome_reported', fields, own.hash)
        call('HSET', k.key, 'outcomes', text_of(n))
        contract.put(v, k, 'o', n, {text_of(v.seq), v.at_text,
                                    own.figure == '' and '-' or own.figure}, own.text)
        community.save(v)
        return {'outcome', text_of(n)}
    end

    -- KEYS {slug}:c; ARGV head, commission, actor_body, figure, text_hash, text
    act{name = 'outcome_report', object = 'commission', perform = report, read = function(args)
        local own = contract.read_head(args, 10)
        own.figure = args[8] == '' and ''
            or text_of(number_in(args, 8, 0, NUMBER_MOST, 'figure'))
        return contract.text_of_act(own, args, 9)
    end}

    local function note(v, own)
        local no, k = contract.of_body(v, own, 'acdft')
        if no then return no end
        contract.record(v, 'savings_noted', {
            'commission', text_of(k.number), 'agencies', own.agencies.text}, own.hash)
        call('HSET', k.key, 'savings', text_of(v.seq) .. ' ' .. own.agencies.text)
        call('SET', contract.text_key(v, k.number, 's'), own.text)
        community.save(v)
        return {}
    end

    -- KEYS {slug}:c; ARGV head, commission, actor_body, agencies, text_hash, text
    act{name = 'savings_note', object = 'commission', perform = note, read = function(args)
        local own = contract.read_head(args, 10)
        own.agencies = contract.amounts_in(args, 8, false, 'agencies')
        return contract.text_of_act(own, args, 9)
    end}
end
