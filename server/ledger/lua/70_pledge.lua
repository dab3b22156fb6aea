-- 70_pledge.lua -- a resident's promise: set, changed, withdrawn.
--
-- pledge_set is the busiest function of the ledger: few questions to Redis, each for much at once.
-- The pledge that completes the rule activates the commission in the same call.
do
    -- One visit and one proposal for all pledges: to make new tables of so many fields costs 1 us.
    -- What a step sets only sometimes must not be left from the last pledge: visit_of clears it.
    local kept, kept_proposal = {}, {}

    local function visit_of(keys, args)
        local v = kept
        v.c, v.seq, v.replayed, v.activated, v.index = nil, nil, false, nil, nil
        v.row, v.area, v.granted = false, nil, false
        v.help, v.pending, v.approval, v.steps, v.record = nil, nil, nil, nil, nil
        visit.new(keys, args, nil, v)
        if v.key_hash == '' then malformed('key_hash') end
        v.round = number_in(args, 6, 0, NUMBER_MOST, 'round')
        v.wallet = wallet_in(args, 7, false, 'wallet')
        return v
    end

    -- The proposal with its rule, its state, and the wallet weighed; nil where it is unknown.
    function pledge.look_at(v, number, into)
        local p = proposal.read(v, number, v.area, into)
        if not p then return nil end
        wallet.weigh(v, p)
        return p
    end

    -- The sums of the proposal, its tender and the community follow a pledge from `was` to `now`.
    local function book(v, p, was, now)
        local c, by = v.c, now - was
        local people = (now > 0 and 1 or 0) - (was > 0 and 1 or 0)
        local before, after = p.area_n, p.area_n + people
        p.sum, p.n, p.area_n = p.sum + by, p.n + people, after
        if p.areas_min > 0 then
            local least = p.area_people_min
            if before < least and after >= least then p.areas_ok = p.areas_ok + 1 end
            if before >= least and after < least then p.areas_ok = p.areas_ok - 1 end
        end
        if people == 0 then
            call('HSET', p.key, 'sum', text_of(p.sum))
        else
            call('HSET', p.key, 'sum', text_of(p.sum), 'n', text_of(p.n),
                 'areas_ok', text_of(p.areas_ok), proposal.people_of_area(v.area), text_of(after))
        end
        histogram.change(v, p.number, was, now)
        call('HINCRBY', v.names.tender(p.tender), 'held', text_of(by))
        c.held, c.free = c.held + by, c.free - by
    end

    -- After a pledge_set: activates, or begins its window, or waits in `ready` for headroom, or has
    -- not come so far.
    local function judge(v, p)
        if v.tender_state == 'c' then
            window.judge(v, p, v.seq)
            v.tender_state = call('HGET', v.names.st, state_of_tender(p.tender))
            return
        end
        if not proposal.is_met(p) then
            proposal.leave_ready(v, p)
            return
        end
        if community.headroom(v, p.theme) < p.price then
            proposal.enter_ready(v, p, v.seq)
            return
        end
        local t = tender.read(v, p.tender)
        if t.window > 0 then
            window.begin(v, t, p, v.at, nil, v.seq)
            v.tender_state = t.state
        else
            commission.activate(v, p, t, v.seq, nil)
            v.activated = true
            wallet.weigh(v, p) -- the last award has released what else it held on that tender
        end
    end

    -- After pledges were taken back by the record v.seq.
    local function judge_less(v, p)
        if sub(v.tender_state, 1, 1) == 'c' then
            window.judge(v, p, v.seq)
            v.tender_state = call('HGET', v.names.st, state_of_tender(p.tender))
        elseif not proposal.is_met(p) then
            proposal.leave_ready(v, p)
        end
    end

    -- ---- answers ------------------------------------------------------------------------------

    -- Of pledge_set, pledge_withdraw and pledge_view, by the names of struct pledge_view: seq at
    -- replayed round proposal tender amount, allotment free held spent (of the wallet), price
    -- pledged people people_min areas_ok areas_min area_people_min headroom state critical_until
    -- (of the proposal), activated (1: by this very call), rho (0: not activated), record and
    -- record_key (while the tally is hidden: which record is the owner's, and what opens it),
    -- fallback (where any).
    -- Numbers go as numbers: Redis hands them over as integers, and formatting costs more here.
    function pledge.answer(v, p)
        local c = v.c
        local granted = v.granted and c.allotment or 0
        local free = v.granted and c.open == 1 and granted - v.held - v.spent or 0
        local word = proposal.word(v.state, tender.word(v, v.tender_state, p.round))
        local sum, n, areas_ok, record, key = p.sum, p.n, p.areas_ok, 0, ''
        if tender.is_hidden(v.tender_state) then
            sum, n, areas_ok, record = 0, 0, 0, v.record or 0
            key = v.record and sealing.key_for_owner(v, p.tender, v.record) or ''
        end
        local ok = {'ok', 'seq', v.seq, 'at', v.at, 'replayed', v.replayed and 1 or 0,
                'round', v.round, 'proposal', p.number, 'tender', p.tender, 'amount', v.amount,
                'allotment', granted, 'free', free, 'held', v.held, 'spent', v.spent,
                'price', p.price, 'pledged', sum, 'people', n, 'people_min', p.people_min,
                'areas_ok', areas_ok, 'areas_min', p.areas_min,
                'area_people_min', p.area_people_min,
                'headroom', community.headroom(v, p.theme), 'state', word,
                'critical_until', window.ends(v, p),
                'activated', v.activated and 1 or 0,
                'rho', word == 'activated' and sub(v.state, 2) or 0,
                'record', record, 'record_key', key}
        if v.version == 2 and v.index and word ~= 'activated' then
            log.optional(ok, 'fallback', fallback.waiting(v, p.number, wallet.entry_seq(v)))
        end
        return ok
    end

    local function replayed(v, p)
        v.record = v.seq
        return pledge.answer(v, p)
    end

    -- ---- pledge_set ---------------------------------------------------------------------------

    -- Checks h, i, k to n. The amount differs from what is held, or the steps do.
    function pledge.set_refused(v, p, amount)
        if v.state ~= 'l' then return proposal.not_pledgeable(v.state) end
        local word = tender.word(v, v.tender_state, p.round)
        local no = tender.not_live(word) or pause.refused(v.tender_state)
            or (v.help and help.judge(v, p)) or (v.steps and fallback.refused(v, p))
        if no then return no end
        if amount == v.amount then return nil end
        local c = v.c
        local available = c.allotment - v.held - v.spent + v.amount
        if amount > available then
            return refuse('wallet_short', 'amount', amount, 'available', available,
                          'short', amount - available)
        end
        if amount < c.token and amount ~= available then
            return refuse('pledge_below_token', 'token', c.token, 'amount', amount,
                          'available', available)
        end
        if v.index then return nil end
        if v.live >= PLEDGES_LIVE_MOST then
            return refuse('pledges_live_too_many', 'pledges', v.live, 'most', PLEDGES_LIVE_MOST)
        end
        if v.entries_n >= PLEDGES_MOST then
            return refuse('pledges_too_many', 'pledges', v.entries_n, 'most', PLEDGES_MOST)
        end
        return nil
    end

    -- The record, sealed while the tally is hidden.
    local function append(v, p, kind, fields)
        local hidden = tender.is_hidden(v.tender_state)
        if hidden then return sealing.append(v, p.tender, kind, fields) end
        return log.append(v, kind, nil, fields)
    end

    local function withdrawn_fields(v, p, was)
        return {'round', text_of(v.round), 'wallet', v.wallet, 'area', text_of(v.area),
                'tender', text_of(p.tender), 'proposal', text_of(p.number), 'was', text_of(was)}
    end

    -- `cause`: of a fallback, the seq of what released the pledge before it.
    function pledge.write_set(v, p, amount, cause)
        local was, before = v.amount, v.version == 2 and v.index and wallet.entry_seq(v)
        local fields = {'round', text_of(v.round), 'wallet', v.wallet, 'area', text_of(v.area),
                        'tender', text_of(p.tender), 'proposal', text_of(p.number),
                        'amount', text_of(amount)}
        if was > 0 then fields[13], fields[14] = 'was', text_of(was) end
        if v.help then log.optional(fields, 'assisted', v.help.role) end
        if v.steps then log.optional(fields, 'fallback', fallback.text(v.steps)) end
        if cause then log.optional(fields, 'cause', text_of(cause)) end
        v.seq = append(v, p, 'pledge_set', fields)
        if amount ~= was then book(v, p, was, amount) end
        if before then fallback.forget(v, p.number, before) end
        if v.steps then fallback.keep(v, p.number, v.seq, v.steps) end
        if v.index or v.seen then
            wallet.put(v, p, amount, v.seq)
        else
            turnout.enter(v, p, amount)
        end
        v.amount, v.held = amount, v.held + amount - was
        judge(v, p)
        community.save(v)
    end

    local function set(v, number, amount)
        if not v.replayed and not v.granted then return refuse('wallet_not_granted') end
        local p = pledge.look_at(v, number, kept_proposal)
        if not p then return refuse('proposal_unknown', 'proposal', number) end
        if v.replayed then return replayed(v, p) end
        local changes = amount ~= v.amount or fallback.changes(v, p)
        local no = pledge.set_refused(v, p, amount) or (v.help and changes and help.limited(v))
        if no then return no end
        if changes then
            pledge.write_set(v, p, amount)
        else
            v.seq = wallet.entry_seq(v)
            wallet.remember(v, v.seq)
        end
        v.record = v.seq
        if v.help then help.done(v, changes) end
        return pledge.answer(v, p)
    end

    -- KEYS {slug}:c; ARGV head (subject: the resident), round, wallet, proposal, amount [, steps;
    -- or helper, role, helper's body, person, digest]
    register('pledge_set', function(keys, args)
        if #args ~= 14 and #args ~= 10 then count_in(args, 9) end
        local v = visit_of(keys, args)
        local number = number_in(args, 8, 0, NUMBER_MOST, 'proposal')
        local amount = number_in(args, 9, 1, AMOUNT_MOST, 'amount')
        if #args == 10 then
            v.steps = fallback.steps_in(args, 10)
        elseif args[10] and args[10] ~= '' then
            v.help = help.read(args, 10)
        end
        return visit.open(v, {}) or wallet.admit(v) or set(v, number, amount)
    end)

    -- ---- pledge_withdraw ----------------------------------------------------------------------

    local function withdraw(v, number)
        local p = pledge.look_at(v, number, kept_proposal)
        if not p then return refuse('proposal_unknown', 'proposal', number) end
        if v.replayed then return replayed(v, p) end
        if v.pledge == 'none' then return refuse('pledge_none') end
        if v.pledge == 'spent' then return refuse('pledge_spent', 'spent', v.worth) end
        if v.pledge == 'released' then return refuse('pledge_released') end
        local was = v.amount
        v.seq = append(v, p, 'pledge_withdrawn', withdrawn_fields(v, p, was))
        book(v, p, was, 0)
        fallback.forget(v, number, wallet.entry_seq(v))
        turnout.take(v, {[v.index] = true}, v.seq)
        judge_less(v, p)
        community.save(v)
        v.amount, v.held, v.index, v.record = 0, v.held - was, nil, v.seq
        return pledge.answer(v, p)
    end

    -- KEYS {slug}:c; ARGV head (subject: the resident), round, wallet, proposal
    register('pledge_withdraw', function(keys, args)
        count_in(args, 8)
        local v = visit_of(keys, args)
        local number = number_in(args, 8, 0, NUMBER_MOST, 'proposal')
        return visit.open(v, {}) or wallet.admit(v) or withdraw(v, number)
    end, {'allow-oom'})

    pledge.book, pledge.judge_less, pledge.withdrawn_fields = book, judge_less, withdrawn_fields
end
