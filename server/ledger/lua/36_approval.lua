-- 36_approval.lua -- two persons: what one asks for waits until another asks for the same.
--
-- `approvals`: digest of the request -> `<kind> <at> <object> <person>`. The first person's request
-- does nothing but to be written down here; the second person's does the act, and only then the
-- entry goes (an act that is refused behind it may be sent again). Nobody is their own second, and
-- a program (`k:`) is neither: whoever made its key would be two.
do
    local ROW, FRESH_MS, MOST = '^(%S+) (%d+) (%S+) (%S+)$', 7 * DAY_MS, 256

    -- Two arguments from i on: person and digest, or two empty ones (the operator's own key).
    function approval.asked_in(args, i)
        local person, digest = mark_in(args, i, 0, 200, 'person'), args[i + 1]
        if person == '' and digest == '' then return {person = '', digest = ''} end
        return {person = person, digest = code.hash_in(args, i + 1)}
    end

    function approval.parse(row)
        local kind, at, object, person = match(row, ROW)
        return {kind = kind, at = tonumber(at), object = object, person = person}
    end

    function approval.is_fresh(v, asked) return v.at - asked.at <= FRESH_MS end

    -- The refusal where too many wait, and what has grown too old is gone.
    local function make_room(v)
        local flat = call('HGETALL', v.key .. 'approvals')
        local n = #flat / 2
        if n < MOST then return nil end
        for i = 1, #flat, 2 do
            if not approval.is_fresh(v, approval.parse(flat[i + 1])) then
                call('HDEL', v.key .. 'approvals', flat[i])
                n = n - 1
            end
        end
        if n < MOST then return nil end
        return refuse('approvals_too_many', 'approvals', n, 'most', MOST)
    end

    -- nil: go on (and call spend behind the act's own writes). Else the answer: it waits for
    -- somebody else now, or no more may wait.
    function approval.judge(v, kind, own, object)
        if own.person == '' then return nil end
        if sub(own.person, 1, 2) == 'k:' then return refuse('person_needed') end
        local row = call('HGET', v.key .. 'approvals', own.digest)
        local asked = row and approval.parse(row)
        if asked and approval.is_fresh(v, asked) then
            if asked.person ~= own.person then
                v.approval = {digest = own.digest, kind = kind, object = object,
                              persons = asked.person .. '>' .. own.person}
                return nil
            end
        else
            local no = not row and make_room(v)
            if no then return no end
            call('HSET', v.key .. 'approvals', own.digest,
                 concat({kind, v.at_text, object, own.person}, ' '))
        end
        v.pending = true
        return {'pending', '1'}
    end

    function approval.spend(v)
        local a = v.approval
        if not a then return end
        call('HDEL', v.key .. 'approvals', a.digest)
        journal.add(v, 'approved', '', '', a.kind .. ':' .. a.object, a.persons)
    end
end
