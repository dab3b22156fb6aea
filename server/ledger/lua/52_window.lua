-- 52_window.lua -- the stability window: a rule that is met must go on holding before it activates.
--
-- A tender with a window becomes critical when a proposal meets the rule, until critical_until;
-- the proposal stands in t.critical. Whoever else meets the rule meanwhile waits in `ready`. When
-- the rule is broken, it is open again and the next of those that the funds can pay for takes the
-- window, from the moment at which it became free. Its end is a deadline, `c<tender>`; only there
-- the headroom counts again. A window that begins in a pause begins when the pause ends.
do
    local KEPT = {'critical', 'critical_since', 'critical_until', 'critical_seq'}

    -- At `since`; `due` and `cause` as in the record. v.c is saved by the caller.
    function window.begin(v, t, p, since, due, cause)
        community.read_all(v)
        local ends = max(since, t.paused_until) + t.window
        local fields = {'tender', text_of(t.number), 'proposal', text_of(p.number),
                        'until', text_of(ends)}
        log.optional(fields, 'cause', cause and text_of(cause) or '')
        local seq = log.append(v, 'tender_critical', due, fields)
        call('HSET', v.key .. 't:' .. text_of(t.number), 'critical', text_of(p.number),
             'critical_since', text_of(since), 'critical_until', text_of(ends),
             'critical_seq', text_of(seq))
        tender.write_live(v, t, 'c')
        proposal.leave_ready(v, p)
        deadline.add(v, ends, deadline.member(seq, 'c', t.number))
        return seq
    end

    -- Until when p, whose tender's state is v.tender_state, must go on meeting the rule; 0: it has
    -- no window.
    function window.ends(v, p)
        if byte(v.tender_state) ~= 99 or v.state ~= 'l' or v.c.open ~= 1 then return 0 end -- c
        local r = call('HMGET', v.names.tender(p.tender), 'critical', 'critical_until')
        return r[1] == text_of(p.number) and p.round == v.c.round and tonumber(r[2]) or 0
    end

    -- Its deadline and what is kept of it go, but not the tender's state.
    function window.forget(v, t)
        if t.critical == 0 then return end
        deadline.remove(v, deadline.member(t.critical_seq, 'c', t.number))
        call('HDEL', v.key .. 't:' .. text_of(t.number), unpack(KEPT))
        t.critical = 0
    end

    -- The one of the tender's ready proposals that is first, of those that the funds can pay for.
    -- Whoever leaves may have taken from several at once: not all in `ready` have been judged yet.
    local function next_ready(v, t)
        local live, best, headroom = call('SMEMBERS', v.key .. 'tl:' .. text_of(t.number)), nil,
            community.headroom(v, t.theme)
        for i = 1, #live do
            local p = proposal.read(v, tonumber(live[i]))
            if p.ready and proposal.is_met(p) and p.price <= headroom
                and (not best or tonumber(p.ready) < tonumber(best.ready)) then
                best = p
            end
        end
        return best
    end

    -- The tender is open again and live: whose turn is it.
    local function pass_on(v, t, since, due, cause)
        local p = next_ready(v, t)
        if p then window.begin(v, t, p, since, due, cause) end
    end

    local function reopen(v, t, due, cause)
        community.read_all(v)
        local fields = {'tender', text_of(t.number), 'proposal', text_of(t.critical)}
        log.optional(fields, 'cause', cause and text_of(cause) or '')
        local seq = log.append(v, 'tender_reopened', due, fields)
        window.forget(v, t)
        tender.write_live(v, t, 'o')
        return seq
    end

    -- What was critical holds no longer, by the record `cause`.
    function window.broken(v, t, cause)
        reopen(v, t, nil, cause)
        pass_on(v, t, v.at, nil, cause)
    end

    -- p's pledges have changed by the record `cause`, and its tender is critical.
    function window.judge(v, p, cause)
        local t = tender.read(v, p.tender)
        if t.critical ~= p.number then
            if proposal.is_met(p) then
                proposal.enter_ready(v, p, cause)
            else
                proposal.leave_ready(v, p)
            end
        elseif not proposal.is_met(p) then
            window.broken(v, t, cause)
        end
    end

    -- The end. Of a tender whose round has closed nothing follows.
    function deadline.settles.c(v, number, due)
        local t = tender.read(v, number)
        if t.word ~= 'critical' then
            call('HDEL', v.key .. 't:' .. text_of(number), 'critical_seq')
            return
        end
        local p = proposal.read(v, t.critical)
        if community.headroom(v, p.theme) >= p.price then
            commission.activate(v, p, t, nil, due)
            if t.decided then return end
        else
            proposal.enter_ready(v, p, reopen(v, t, due, nil))
        end
        pass_on(v, t, due, due, nil)
    end
end
