-- 52_publish.lua -- from a draft to its deliberation: approvals of members, and what a lawful body
-- may publish. `ap:<tender>`: member -> `<seq> <at> <category>`.
--
-- Where the community asks for no register (members_min 0) a draft may be published by its clerk,
-- or opened without.
do
    local APPROVALS_LEAST = 2

    local function draft(v, own)
        local no, t = tender.of_body(v, own)
        if no then return no end
        if t.word ~= 'draft' then return refuse('tender_not_draft', 'state', t.word) end
        return nil, t
    end

    -- The number of the member of this body whom the caller is, by any of their names.
    local function member_of(v, b, own)
        local key = v.key .. 'mh:' .. text_of(b.number)
        local number = own.resident and call('HGET', key, 'r:' .. v.subject)
        number = number or own.person ~= '' and call('HGET', key, own.person)
        return number and tonumber(number) or nil
    end

    -- KEYS {slug}:c; ARGV head, tender, person, as_resident(0/1: subject is a resident)
    act{name = 'tender_approve', object = 'tender', perform = function(v, own)
        local no, t = draft(v, own)
        if no then return no end
        local b = body.by_word(v, t.body)
        if not b then return refuse('body_none', 'body', t.body) end
        local number = member_of(v, b, own)
        if not number then return refuse('not_a_member', 'body', t.body) end
        local key, member = v.key .. 'ap:' .. text_of(own.tender), text_of(number)
        if call('HEXISTS', key, member) == 1 then return refuse('approved_already') end
        local category = body.member(v, number).category
        v.number = own.tender
        v.seq = log.append(v, 'tender_approved', nil, {
            'tender', text_of(own.tender), 'member', member, 'category', category})
        call('HSET', key, member, concat({text_of(v.seq), v.at_text, category}, ' '))
        community.save(v)
        return {}
    end, read = function(args)
        count_in(args, 8)
        local own = {tender = number_in(args, 6, 0, NUMBER_MOST, 'tender'), body = '',
                     person = mark_in(args, 7, 0, 200, 'person')}
        if number_in(args, 8, 0, 1, 'as_resident') == 1 then own.resident = args[2] end
        return own
    end}

    -- Of those who still sit: how many approve, and how many of them are lay.
    function tender.approvals(v, number)
        local flat = call('HGETALL', v.key .. 'ap:' .. text_of(number))
        local approvals, lay = 0, 0
        for i = 1, #flat, 2 do
            local m = body.member(v, tonumber(flat[i]))
            if m.state == 's' then
                approvals = approvals + 1
                if body.is_lay(m) then lay = lay + 1 end
            end
        end
        return approvals, lay
    end

    -- The register and the approvals that publishing takes: refusal, or nil and the body.
    local function unentitled(v, t)
        if v.c.members_min == 0 then return nil end
        local b = body.by_word(v, t.body)
        if not b then return refuse('body_none', 'body', t.body) end
        if not body.is_lawful(v, b) then
            return refuse('body_not_lawful', 'seats', b.seats, 'seat_votes', b.seat_votes,
                          'lay_seats', b.lay_seats, 'lay_votes', b.lay_votes,
                          'members_min', v.c.members_min)
        end
        local approvals, lay = tender.approvals(v, t.number)
        if approvals < APPROVALS_LEAST or 2 * lay <= approvals then
            return refuse('approvals_short', 'approvals', approvals, 'lay', lay,
                          'needed', APPROVALS_LEAST)
        end
        return nil, b
    end

    local function unreachable(what, asked, there)
        if asked <= there then return nil end
        return refuse('rule_unreachable', 'what', what, 'asked', asked, 'there', there)
    end

    -- More people or areas than there are, or a price that all allotments together do not make.
    local function reach_refused(v, t)
        local people, areas, cheapest = 0, 0, nil
        local counts = round.residents_by_area(v)
        for _, n in pairs(counts) do
            people = people + n
            if t.areas_min > 0 and n >= t.area_people_min then areas = areas + 1 end
        end
        local live = call('SMEMBERS', v.key .. 'tl:' .. text_of(t.number))
        for i = 1, #live do
            local price = tonumber(call('HGET', v.key .. 'p:' .. live[i], 'price'))
            cheapest = cheapest and min(cheapest, price) or price
        end
        local no = unreachable('people', t.people_min, people)
            or unreachable('areas', t.areas_min, areas)
        if no or v.c.open ~= 1 or not cheapest then return no end
        return unreachable('money', cheapest, v.c.allotment * people)
    end

    -- KEYS {slug}:c; ARGV head, tender, actor_body
    act{name = 'tender_publish', object = 'tender', perform = function(v, own)
        local no, t = draft(v, own)
        if no then return no end
        local b
        no, b = unentitled(v, t)
        no = no or reach_refused(v, t)
        if no then return no end
        local approvals = b and tender.approvals(v, t.number) or 0
        v.number = own.tender
        v.seq = log.append(v, 'tender_published', nil, {
            'tender', text_of(own.tender), 'members', text_of(b and b.seats or 0),
            'approvals', text_of(approvals)})
        call('HSET', v.key .. 't:' .. text_of(own.tender), 'published', v.at_text)
        tender.write_state(v, own.tender, 'b')
        community.save(v)
        return {}
    end, read = function(args)
        count_in(args, 7)
        return {tender = number_in(args, 6, 0, NUMBER_MOST, 'tender'),
                body = word_in(args, 7, true, 'actor_body')}
    end}
end
