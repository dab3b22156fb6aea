-- 75_commission.lua -- activation: a proposal that meets the rule becomes a commission.
--
-- One state flips and sums move: the pledges themselves are not touched, each is worth
-- min(amount, rho) from now on. It costs the same for a hundred pledgers and for a million.
do
    -- Its own record, behind all reads and before all writes.
    local function record(v, p, share, draws, cause, due)
        local fields = {'proposal', text_of(p.number), 'tender', text_of(p.tender),
                        'price', text_of(p.price), 'rho', text_of(share.rho),
                        'spent', text_of(share.spent),
                        'rounding', text_of(share.spent - p.price),
                        'people', text_of(p.n), 'pledged', text_of(p.sum),
                        'released', text_of(share.released), 'draws', draws}
        if cause then fields[#fields + 1], fields[#fields + 2] = 'cause', text_of(cause) end
        return log.append(v, 'commission_activated', due, fields)
    end

    local function move(v, p, share)
        local c, rounding = v.c, share.spent - p.price
        c.held = c.held - p.sum - share.released
        c.committed = c.committed + p.price
        c.unallotted = c.unallotted + rounding
        c.free = c.free + p.sum - share.spent + share.released
        c.spent, c.prices, c.rounding = c.spent + share.spent, c.prices + p.price,
            c.rounding + rounding
    end

    local function keep(v, p, share, seq, draws)
        call('HSET', p.key, 'rho', text_of(share.rho), 'spent', text_of(share.spent),
             'rounding', text_of(share.spent - p.price), 'commission_seq', text_of(seq),
             'commission_at', text_of(v.at), 'draws', draws)
        call('RPUSH', v.key .. 'commissions', text_of(p.number))
        proposal.leave(v, p, 'a' .. text_of(share.rho))
    end

    -- v.c is saved by the caller. Returns the record's seq; sets t.decided.
    function commission.activate(v, p, t, cause, due)
        community.read_all(v)
        local share = {}
        share.rho, share.spent = histogram.share(v, p.number, p.price, p.n)
        t.decided = t.awards + 1 >= t.awards_max
        share.released = t.decided and t.held - p.sum or 0
        local draws = fund.draws(v, p.theme, p.price)
        local draws_text = fund.draws_text(draws)
        local seq = record(v, p, share, draws_text, cause, due)
        if tender.is_hidden(t.state) then sealing.disclose(v, t.number) end
        fund.draw(v, draws)
        move(v, p, share)
        keep(v, p, share, seq, draws_text)
        call('HSET', v.key .. 't:' .. text_of(t.number), 'awards', text_of(t.awards + 1),
             'held', text_of(t.held - p.sum - share.released))
        if t.critical > 0 then
            window.forget(v, t)
            tender.write_live(v, t, 'o')
        end
        if t.decided then
            tender.write_state(v, t.number, 'a')
            deadline.remove(v, deadline.member(t.opened_seq, 't', t.number))
            tender.release(v, t.number, seq)
        elseif tender.is_hidden(t.state) then
            tender.write_live(v, t, 'o')
        end
        return seq
    end

    local function not_yet(v, p, t)
        local state = proposal.state(v, p.number)
        if state ~= 'l' then return proposal.not_pledgeable(state) end
        local no = tender.not_live(t.word) or pause.refused(t.state)
        if no then return no end
        if t.word == 'critical' then return refuse('window_runs', 'until', t.critical_until) end
        local money, people = max(0, p.price - p.sum), max(0, t.people_min - p.n)
        local areas = max(0, t.areas_min - p.areas_ok)
        local headroom = max(0, p.price - community.headroom(v, p.theme))
        if money + people + areas + headroom == 0 then return nil end
        return refuse('rule_not_met', 'money', money, 'people', people, 'areas', areas,
                      'headroom', headroom)
    end

    local function activate(v, own)
        local p = proposal.read(v, own.proposal)
        if not p then return refuse('proposal_unknown', 'proposal', own.proposal) end
        local t = tender.read(v, p.tender)
        local no = not_yet(v, p, t)
        if no then return no end
        v.number = own.proposal
        if t.window > 0 then
            v.seq = window.begin(v, t, p, v.at, nil, nil)
        else
            v.seq = commission.activate(v, p, t, nil, nil)
        end
        community.save(v)
        return {}
    end

    -- KEYS {slug}:c; ARGV head, proposal
    act{name = 'activate', object = 'proposal', perform = activate, read = function(args)
        count_in(args, 6)
        return {proposal = number_in(args, 6, 0, NUMBER_MOST, 'proposal')}
    end}
end
