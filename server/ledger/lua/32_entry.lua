-- 32_entry.lua -- the register: who may take part, who is one person, what somebody must look at.
--
-- One entry of a register is one resident (its id is a keyed hash of the entry's reference), so it
-- holds one allotment whatever the channel. What does not fit is never decided here: it goes into
-- `review`, once (`review_of`: `<resident> <reason>` -> its number). The contract is ../PEOPLE.md.
do
    local REASONS = {'not_eligible_now', 'area_differs', 'same_person', 'second_code'}
    local FINDING = '^(%S+) (%d+) (%S+) (%S+) (%d+) (%S+)$'

    -- True where it was not known yet. `other` and `person` may be ''.
    function entry.to_review(v, reason, id, other, area, person)
        local name = id .. ' ' .. reason
        if call('HEXISTS', v.key .. 'review_of', name) == 1 then return false end
        local number = call('HINCRBY', v.key .. 'counts', 'review', '1')
        call('HSET', v.key .. 'review', text_of(number), concat({
            reason, v.at_text, id, other == '' and '-' or other, text_of(area),
            person == '' and '-' or person}, ' '))
        call('HSET', v.key .. 'review_of', name, text_of(number))
        return true
    end

    function entry.finding(v, number)
        local row = call('HGET', v.key .. 'review', text_of(number))
        if not row then return nil end
        local reason, at, id, other, area, person = match(row, FINDING)
        return {number = number, reason = reason, at = at, resident = id,
                other = other == '-' and '' or other, area = tonumber(area),
                person = person == '-' and '' or person}
    end

    local function settle(v, finding)
        call('HDEL', v.key .. 'review', text_of(finding.number))
        call('HDEL', v.key .. 'review_of', finding.resident .. ' ' .. finding.reason)
    end

    -- The refusal where the register says that this resident may not take part.
    function entry.refused(v, id)
        local reason = call('HGET', v.key .. 'ineligible', id)
        return reason and refuse('not_eligible', 'reason', reason) or nil
    end

    -- This resident is that person, and no other any more.
    local function bind_person(v, person, id)
        local was = call('HGET', v.key .. 'person_of', id)
        if was and was ~= person and call('HGET', v.key .. 'persons', was) == id then
            call('HDEL', v.key .. 'persons', was)
        end
        call('HSET', v.key .. 'persons', person, id)
        call('HSET', v.key .. 'person_of', id, person)
    end

    -- Everything of the register that leads to a resident.
    function entry.forget(v, id)
        local person = call('HGET', v.key .. 'person_of', id)
        if person and call('HGET', v.key .. 'persons', person) == id then
            call('HDEL', v.key .. 'persons', person)
        end
        call('HDEL', v.key .. 'person_of', id)
        call('HDEL', v.key .. 'ineligible', id)
        for i = 1, #REASONS do
            local number = call('HGET', v.key .. 'review_of', id .. ' ' .. REASONS[i])
            if number then
                settle(v, {number = tonumber(number), resident = id, reason = REASONS[i]})
            end
        end
    end

    -- ---- register_import ----------------------------------------------------------------------

    local function read_import(args, v)
        local area_most = community.area_most(v)
        local n, seen, own = number_in(args, 6, 1, 1000, 'n'), {}, {ids = {}, entries = {}}
        count_in(args, 6 + 4 * n)
        for i = 1, n do
            local at = 3 + 4 * i
            local id = id_in(args, at, false, 'resident')
            if seen[id] then malformed('resident') end
            seen[id], own.ids[i] = true, id
            own.entries[i] = {id = id, area = number_in(args, at + 1, 0, area_most, 'area'),
                              reason = word_in(args, at + 2, true, 'reason'),
                              person = wallet_in(args, at + 3, true, 'person')}
        end
        return own
    end

    -- Behind the erasure of a resident who had the allotment of the open round: the bare hash of
    -- the person keeps it known until the round is over.
    function entry.remember_person(v, id, granted)
        local person = call('HGET', v.key .. 'person_of', id)
        if not person or v.c.open ~= 1 or granted ~= v.c.round then return end
        call('HSET', v.key .. 'gone_persons', person, id .. ' ' .. text_of(granted))
    end

    function entry.is_over(v, row) -- of `gone_persons`
        return v.c.open ~= 1 or tonumber(match(row, '%d+$')) ~= v.c.round
    end

    local function erased_of(v, person)
        local row = call('HGET', v.key .. 'gone_persons', person)
        return row and not entry.is_over(v, row) and match(row, '^%S+') or nil
    end

    -- Which other resident is this person, by the ledger or by this very list: a member, or one who
    -- left or was erased but had the allotment of the open round.
    local function other_of(v, found, e)
        if e.person == '' then return nil end
        local id = found.holders[e.person] or call('HGET', v.key .. 'persons', e.person)
        local erased = not id and erased_of(v, e.person)
        if erased then return erased ~= e.id and erased or nil end
        if not id or id == e.id then return nil end
        if found.holders[e.person] then return id end
        local r = resident.read(v, id)
        local had = r and v.c.open == 1 and r.granted == v.c.round
        return r and (r.state == 'm' or had) and id or nil
    end

    local function finding_of(found, reason, e, other)
        found.review[#found.review + 1] = {reason = reason, e = e, other = other or ''}
    end

    -- Where one entry belongs: `found` collects, nothing is written.
    local function judge(v, found, e, row)
        local r = row and resident.parse(row)
        local member = r and r.state == 'm'
        if e.reason ~= '' then
            if member then return finding_of(found, 'not_eligible_now', e) end
            found.ineligible[#found.ineligible + 1] = e.id
            found.ineligible[#found.ineligible + 1] = e.reason
            return nil
        end
        found.eligible[#found.eligible + 1] = e.id
        if member and r.area ~= e.area then return finding_of(found, 'area_differs', e) end
        local other = other_of(v, found, e)
        if other and not member then return finding_of(found, 'same_person', e, other) end
        if e.person ~= '' and not other then
            found.holders[e.person] = e.id
            found.bound[#found.bound + 1] = e
        end
        found.ids[#found.ids + 1], found.areas[#found.areas + 1] = e.id, e.area
        return nil
    end

    local function import(v, own)
        local found = {ids = {}, areas = {}, ineligible = {}, eligible = {}, review = {},
                       bound = {}, holders = {}}
        local rows = call('HMGET', v.key .. 'residents', unpack(own.ids))
        for i = 1, #own.entries do judge(v, found, own.entries[i], rows[i]) end
        local sum, reviewed = resident.enrol(v, found), 0
        resident.enlist(v, sum)
        if #found.eligible > 0 then call('HDEL', v.key .. 'ineligible', unpack(found.eligible)) end
        if #found.ineligible > 0 then
            call('HSET', v.key .. 'ineligible', unpack(found.ineligible))
        end
        for i = 1, #found.bound do bind_person(v, found.bound[i].person, found.bound[i].id) end
        for i = 1, #found.review do
            local f = found.review[i]
            if entry.to_review(v, f.reason, f.e.id, f.other, f.e.area, f.e.person) then
                reviewed = reviewed + 1
            end
        end
        local counts = resident.counts(v, sum)
        counts[9], counts[10] = 'ineligible', text_of(#found.ineligible / 2)
        counts[11], counts[12] = 'review', text_of(reviewed)
        return counts
    end

    -- KEYS {slug}:c; ARGV head, n, then n x (resident id, area, reason, person hash)
    act{name = 'register_import', read = read_import, perform = import}

    -- ---- review_resolve -----------------------------------------------------------------------

    local function resolve(v, own)
        local finding = entry.finding(v, own.number)
        if not finding then return refuse('review_unknown', 'number', own.number) end
        if own.accept then
            if finding.reason ~= 'same_person' then
                return refuse('review_not_acceptable', 'reason', finding.reason)
            end
            local no = entry.refused(v, finding.resident)
            if no then return no end
            resident.enlist(v, resident.enrol(v, {ids = {finding.resident},
                                                  areas = {finding.area}}))
            if finding.person ~= '' then bind_person(v, finding.person, finding.resident) end
        end
        settle(v, finding)
        journal.add(v, 'resolved', text_of(finding.area), '', finding.reason,
                    own.accept and 'accepted' or 'dismissed')
        return {}
    end

    -- KEYS {slug}:c; ARGV head, number, accept (0 or 1)
    act{name = 'review_resolve', perform = resolve, read = function(args)
        count_in(args, 7)
        return {number = number_in(args, 6, 0, NUMBER_MOST, 'number'),
                accept = number_in(args, 7, 0, 1, 'accept') == 1}
    end}
end
