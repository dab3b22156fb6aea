-- 83_view_body.lua -- readers of commissioning bodies and of what stands before a tender's opening.
--
-- The forms are those of 80_view_community.lua. Names:
--   body_view, bodies  body word state(forming lawful suspended) seats seat_votes lay_seats
--                      lay_votes lawful members_min version text
--   body_members       head: next; member category votes term since(seq) state(seated left) text
--   body_versions      head: next; version seq at text
--   body_history       head: next; seq at kind (of the record)
--   tender_approvals   head: next; member seq at category state(seated left)
--   areas_view         areas residents(area:n,...) text
--   tender_tries       tender state people_min areas_min ceiling awards, and of its best proposal
--                      people pledged price
do
    local view = community.view
    local add_all, text_at = view.add_all, view.text_at
    local STATES = {f = 'forming', l = 'lawful', s = 'suspended'}

    local function item(v, list, b)
        local lawful = body.is_lawful(v, b)
        local mark = lawful and 'l' or b.mark == 'l' and 's' or b.mark
        b.word, b.body, b.state, b.lawful = b.body, b.number, STATES[mark], lawful and 1 or 0
        b.members_min = v.c.members_min
        b.text = text_at(v, 'b' .. text_of(b.number) .. '.' .. text_of(b.version))
        return add_all(list, b, {'body', 'word', 'state', 'seats', 'seat_votes', 'lay_seats',
                                 'lay_votes', 'lawful', 'members_min', 'version', 'text'})
    end

    local function unknown(own) return refuse('body_unknown', 'body', own.number) end

    -- KEYS {slug}:c; ARGV now_ms, body
    reader{name = 'body_view', read = view.read_number, look = function(v, own)
        local b = body.read(v, own.number)
        return b and item(v, {'ok'}, b) or unknown(own)
    end}

    -- KEYS {slug}:c; ARGV now_ms, after, limit
    reader{name = 'bodies', read = view.read_page, look = function(v, own)
        local last = min(own.after + own.limit, v.c.body_n)
        local ok = {'ok', {'next', last < v.c.body_n and text_of(last) or '0'}}
        for number = own.after + 1, last do
            ok[#ok + 1] = item(v, {}, body.read(v, number))
        end
        return ok
    end}

    local function read_of_one(args)
        count_in(args, 4)
        local own = view.page_in(args, 3)
        own.number = number_in(args, 2, 0, NUMBER_MOST, 'body')
        return own
    end

    -- A page of a list of the body, by place: `make(entry)` gives its item.
    local function page_of(v, own, name, make)
        if not body.read(v, own.number) then return unknown(own) end
        local last = own.after + own.limit
        local entries = call('LRANGE', v.key .. name .. ':' .. text_of(own.number),
                             text_of(own.after), text_of(last))
        local ok = {'ok', {'next', #entries > own.limit and text_of(last) or '0'}}
        for i = 1, min(#entries, own.limit) do ok[i + 2] = make(entries[i]) end
        return ok
    end

    local function member_item(v, m)
        m.member, m.since, m.text = m.number, m.seq, text_at(v, 'm' .. text_of(m.number))
        m.state = m.state == 's' and 'seated' or 'left'
        return m
    end

    -- KEYS {slug}:c; ARGV now_ms, body, after (a place), limit
    reader{name = 'body_members', read = read_of_one, look = function(v, own)
        return page_of(v, own, 'ml', function(entry)
            return add_all({}, member_item(v, body.member(v, tonumber(entry))), {
                'member', 'category', 'votes', 'term', 'since', 'state', 'text'})
        end)
    end}

    -- KEYS {slug}:c; ARGV now_ms, body, after (seq), limit
    reader{name = 'body_history', read = read_of_one, look = function(v, own)
        local b = body.read(v, own.number)
        if not b then return unknown(own) end
        own.letter, own.name = 'b', b.body
        return history.page(v, own)
    end}

    -- KEYS {slug}:c; ARGV now_ms, body, after (a version), limit
    reader{name = 'body_versions', read = read_of_one, look = function(v, own)
        local b = body.read(v, own.number)
        if not b then return unknown(own) end
        local number = text_of(own.number)
        local last = min(own.after + own.limit, b.version)
        local ok = {'ok', {'next', last < b.version and text_of(last) or '0'}}
        for version = own.after + 1, last do
            local made = call('HGET', v.key .. 'bo:' .. number, 'v' .. text_of(version))
            local seq, at = match(made, '^(%d+) (%d+)$')
            ok[#ok + 1] = {'version', text_of(version), 'seq', seq, 'at', at,
                           'text', text_at(v, 'b' .. number .. '.' .. text_of(version))}
        end
        return ok
    end}

    -- KEYS {slug}:c; ARGV now_ms, tender
    reader{name = 'tender_approvals', read = view.read_number, look = function(v, own)
        if not tender.read(v, own.number) then
            return refuse('tender_unknown', 'tender', own.number)
        end
        local flat, list = call('HGETALL', v.key .. 'ap:' .. text_of(own.number)), {}
        for i = 1, #flat, 2 do list[#list + 1] = tonumber(flat[i]) end
        table.sort(list)
        local ok = {'ok', {'next', '0'}}
        for i = 1, #list do
            local row = call('HGET', v.key .. 'ap:' .. text_of(own.number), text_of(list[i]))
            local m = member_item(v, body.member(v, list[i]))
            m.seq, m.at = match(row, '^(%d+) (%d+)')
            ok[i + 2] = add_all({}, m, {'member', 'seq', 'at', 'category', 'state'})
        end
        return ok
    end}

    -- KEYS {slug}:c; ARGV now_ms
    reader{name = 'areas_view', look = function(v)
        return {'ok', 'areas', v.c.areas, 'residents', pairs_by_area(round.residents_by_area(v)),
                'text', text_at(v, 'areas')}
    end}

    -- How tenders here fared, the latest first: what each asked, and its best proposal.
    local function best_of(v, number)
        local best = {sum = 0, n = 0, price = 0}
        local numbers = call('LRANGE', v.key .. 'tp:' .. text_of(number), '0',
                             text_of(PROPOSALS_LIVE_MOST - 1))
        for i = 1, #numbers do
            local p = proposal.read(v, tonumber(numbers[i]))
            if p.n > best.n or (p.n == best.n and p.sum > best.sum) then best = p end
        end
        return best
    end

    -- KEYS {slug}:c; ARGV now_ms, limit
    reader{name = 'tender_tries', read = function(args)
        count_in(args, 2)
        return {limit = number_in(args, 2, 1, 50, 'limit')}
    end, look = function(v, own)
        local ok, number = {'ok', {'next', '0'}}, v.c.tender_n
        while number > 0 and #ok - 2 < own.limit and v.c.tender_n - number < 500 do
            local t = tender.read(v, number)
            local hidden = t.tally == 'hidden' and tender.is_live(t.word)
            if t.round > 0 and not hidden then
                local best = best_of(v, number)
                t.tender, t.state = number, t.word
                t.people, t.pledged, t.price = best.n, best.sum, best.price
                ok[#ok + 1] = add_all({}, t, {'tender', 'state', 'people_min', 'areas_min',
                                              'ceiling', 'awards', 'people', 'pledged', 'price'})
            end
            number = number - 1
        end
        return ok
    end}
end
