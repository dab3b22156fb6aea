-- 60_proposal.lua -- proposals: `p:<n>` with the running sums of its pledges, its state in `st`.
--
-- sum, n (people), a:<area> (people by wallet area) and areas_ok are kept with every pledge, so
-- that the rule is judged without counting. `theme`, `round` and `rule` (packed: tender, price,
-- people_min, areas_min, area_people_min) repeat what the tender says, so that a pledge asks for
-- the proposal alone: the rule is frozen, and the round is written when the tender opens.
do
    local RULE = '>I4I7I7I1I7'
    local people_of_area = numbered('', 'a:')
    proposal.people_of_area = people_of_area

    -- nil where there is none. `area` asks for the people of one area too; `into`: a table to write
    -- into, where the caller has one.
    function proposal.read(v, number, area, into)
        local key = v.names.proposal(number)
        local r = call('HMGET', key, 'rule', 'theme', 'round', 'sum', 'n', 'areas_ok', 'ready',
                       people_of_area(area or 0))
        if not r[1] then return nil end
        local of_tender, price, people_min, areas_min, area_people_min = unpacked(RULE, r[1])
        local p = into or {}
        p.number, p.key, p.tender, p.price = number, key, of_tender, price
        p.people_min, p.areas_min, p.area_people_min = people_min, areas_min, area_people_min
        p.theme, p.round, p.ready = r[2], number_of(r[3]), r[7]
        p.sum, p.n, p.areas_ok = number_of(r[4]), number_of(r[5]), number_of(r[6])
        p.area_n = r[8] and number_of(r[8]) or 0
        return p
    end

    -- Money, people and breadth.
    function proposal.is_met(p)
        return p.sum >= p.price and p.n >= p.people_min and p.areas_ok >= p.areas_min
    end

    -- `ready`: of those that are met and wait, for headroom or for another's window, with the seq
    -- at which that came true.
    function proposal.enter_ready(v, p, seq)
        if p.ready then return end
        call('ZADD', v.key .. 'ready', text_of(seq), text_of(p.number))
        call('HSET', p.key, 'ready', text_of(seq))
        p.ready = text_of(seq)
    end

    function proposal.leave_ready(v, p)
        if not p.ready then return end
        call('ZREM', v.key .. 'ready', text_of(p.number))
        call('HDEL', p.key, 'ready')
        p.ready = false
    end

    -- Of what stands in `st`: l takes pledges, u must be judged first (61_shape.lua), a<rho> has
    -- become a commission, w has left the tender.
    function proposal.state(v, number)
        return call('HGET', v.key .. 'st', 'p' .. text_of(number))
    end

    -- The refusal of who wants to pledge on it, where its state is not l.
    function proposal.not_pledgeable(state)
        if state == 'w' then return refuse('proposal_withdrawn') end
        if state == 'u' then return refuse('proposal_unjudged') end
        return refuse('proposal_activated')
    end

    -- Withdrawn or activated: the refusal.
    function proposal.has_left(state)
        if state == 'l' or state == 'u' then return nil end
        return proposal.not_pledgeable(state)
    end

    local function read_submit(args)
        if #args ~= 11 then count_in(args, 10) end
        return {tender = number_in(args, 6, 0, NUMBER_MOST, 'tender'),
                body = word_in(args, 7, true, 'actor_body'),
                price = number_in(args, 8, 1, NUMBER_MOST, 'price'),
                hash = hash_in(args, 9, false, 'text_hash'), text = text_in(args, 10),
                help = offer.asked(args[10]),
                milestones = args[11] and contract.amounts_in(args, 11, true, 'milestones')}
    end

    -- The refusal of a price above the ceiling, of milestones that are not the price.
    function proposal.price_refused(t, own)
        if own.price > t.ceiling then
            return refuse('price_over_ceiling', 'price', own.price, 'ceiling', t.ceiling)
        end
        return own.milestones and contract.not_price(own.milestones, own.price)
    end

    -- What a pledge needs of the tender, beside the price.
    function proposal.rule(of_tender, price, t)
        return pack(RULE, of_tender, price, t.people_min, t.areas_min, t.area_people_min)
    end

    local function submission_refused(t, own)
        if tender.has_ended(t.word) then return refuse('tender_closed', 'state', t.word) end
        if tender.is_live(t.word) and t.late == 0 then return refuse('proposals_late') end
        local no = proposal.price_refused(t, own)
        if no then return no end
        if t.live >= PROPOSALS_LIVE_MOST then
            return refuse('proposals_too_many', 'proposals', t.live, 'most', PROPOSALS_LIVE_MOST)
        end
        return nil
    end

    local function submit(v, own)
        local no, t = tender.of_body(v, own)
        no = no or submission_refused(t, own)
        if no then return no end
        v.number = v.c.proposal_n + 1
        local number, of_tender, price = text_of(v.number), text_of(own.tender), text_of(own.price)
        local fields = {'proposal', number, 'tender', of_tender, 'price', price}
        log.optional(fields, 'milestones', own.milestones and own.milestones.text or '')
        log.optional(fields, 'text', own.hash)
        v.seq = log.append(v, 'proposal_submitted', nil, fields)
        call('HSET', v.key .. 'p:' .. number, 'tender', of_tender, 'price', price,
             'theme', t.theme, 'round', text_of(t.round),
             'rule', proposal.rule(own.tender, own.price, t), 'sum', '0', 'n', '0',
             'areas_ok', '0', 'wide', WIDE)
        if own.milestones then
            call('HSET', v.key .. 'p:' .. number, 'milestones', own.milestones.text)
        end
        shape.begin(v, own)
        if own.help > 0 then call('HSET', v.key .. 'p:' .. number, 'help', text_of(own.help)) end
        call('HSET', v.key .. 'h:' .. number, 'wide', WIDE)
        call('HSET', v.key .. 'st', 'p' .. number, shape.must_wait(v, t) and 'u' or 'l')
        call('RPUSH', v.key .. 'tp:' .. of_tender, number)
        call('SADD', v.key .. 'tl:' .. of_tender, number)
        call('HINCRBY', v.key .. 't:' .. of_tender, 'live', '1')
        call('SET', v.key .. 'x:p' .. number, own.text)
        v.c.proposal_n = v.number
        community.save(v)
        return {}
    end

    -- KEYS {slug}:c; ARGV head, tender, actor_body, price, text_hash, text [, milestones]
    act{name = 'proposal_submit', object = 'proposal', read = read_submit, perform = submit}

    -- It is live no longer (activated or withdrawn): out of `ready`, out of the tender's live ones.
    function proposal.leave(v, p, state)
        local number = text_of(p.number)
        call('HSET', v.key .. 'st', 'p' .. number, state)
        call('ZREM', v.key .. 'ready', number)
        call('SREM', v.key .. 'tl:' .. text_of(p.tender), number)
        call('HINCRBY', v.key .. 't:' .. text_of(p.tender), 'live', '-1')
        call('UNLINK', v.key .. 'h:' .. number)
    end

    -- Unknown, of another body, or it has left its tender, or that has ended: the refusal; else
    -- nil, the proposal, its tender, its state.
    function proposal.of_body(v, own)
        local p = proposal.read(v, own.proposal)
        if not p then return refuse('proposal_unknown', 'proposal', own.proposal) end
        local t = tender.read(v, p.tender)
        if own.body ~= '' and own.body ~= t.body then
            return refuse('not_your_body', 'body', t.body)
        end
        local state = proposal.state(v, p.number)
        local no = proposal.has_left(state)
        if no then return no end
        if tender.has_ended(t.word) then return refuse('tender_closed', 'state', t.word) end
        return nil, p, t, state
    end

    local function withdraw(v, own)
        local no, p, t = proposal.of_body(v, own)
        if no then return no end
        local c = v.c
        v.number = own.proposal
        local fields = {'proposal', text_of(own.proposal)}
        log.optional(fields, 'held', not tender.is_hidden(t.state) and text_of(p.sum) or '')
        v.seq = log.append(v, 'proposal_withdrawn', nil, fields)
        proposal.leave(v, p, 'w')
        fallback.release(v, {own.proposal}, v.seq)
        call('HINCRBY', v.key .. 't:' .. text_of(p.tender), 'held', text_of(-p.sum))
        c.held, c.free = c.held - p.sum, c.free + p.sum
        if t.critical == p.number and t.word == 'critical' then window.broken(v, t, v.seq) end
        community.save(v)
        return {}
    end

    -- KEYS {slug}:c; ARGV head, proposal, actor_body
    act{name = 'proposal_withdraw', object = 'proposal', perform = withdraw, flags = {'allow-oom'},
        read = function(args)
            count_in(args, 7)
            return {proposal = number_in(args, 6, 0, NUMBER_MOST, 'proposal'),
                    body = word_in(args, 7, true, 'actor_body')}
        end}

    -- live, activated, withdrawn, or released: live on a tender that is open no longer.
    function proposal.word(state, tender_word)
        if state == 'w' then return 'withdrawn' end
        if state ~= 'l' and state ~= 'u' then return 'activated' end
        return tender.has_ended(tender_word) and 'released' or 'live'
    end
end
