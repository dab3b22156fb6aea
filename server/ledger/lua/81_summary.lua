-- 81_summary.lua -- one community for the trust's watch, which asks for each of its many: a reader.
--
--   summary  head: seq at round open token closes granted held spent unallotted free committed paid
--            funds currency areas residents people (area:n,...) tenders_open tenders_critical
--            tenders_paused tenders_hidden due due_kind(round tender window pause term) due_number
--            commissions(under way) stalled whole text;
--            items, by `what`:
--   proposal     tender price pledged people people_min areas_ok areas_min headroom critical_until
--                permille text: the live ones nearest to activation, at most 3
--   commission   tender price state seq at (of its last record): stalled, the longest first
--   activation   tender price at: of the last 7 days, at most 8
--   body         word state seats seat_votes lay_seats lay_votes margin: suspended, or about to be
--
-- `permille` is the least of money, people, areas and headroom: 1000 only where all are met. Of a
-- hidden tally nothing is told. Every loop is bounded; `whole` is 0 where a bound was met.
do
    local add_all, text_at = community.view.add_all, community.view.text_at
    local DUE_MOST, LIVE_MOST, NEAREST_MOST = 512, 512, 3
    local COMMISSIONS_MOST, STALLED_MOST = 512, 16
    local NEWS_MOST, NEWS_MS = 8, 7 * DAY_MS
    local KINDS = {r = 'round', t = 'tender', c = 'window', u = 'pause', m = 'term'}
    local UNDER_WAY = {a = true, c = true, d = true}
    local MARKS = {f = 'forming', l = 'lawful', s = 'suspended'}

    local function share(has, wants)
        if has >= wants then return 1000 end
        return min(999, floor(1000 * (has / wants)))
    end

    local function weigh(v, p, t)
        p.headroom = community.headroom(v, p.theme)
        local windowed = t.word == 'critical' and t.critical == p.number
        p.critical_until = windowed and t.critical_until or 0
        p.permille = min(share(p.sum, p.price), share(p.n, p.people_min),
                         share(p.areas_ok, p.areas_min), share(p.headroom, p.price))
        return p
    end

    local function nearer(a, b)
        if a.permille ~= b.permille then return a.permille > b.permille end
        return a.number < b.number
    end

    -- The proposals of a live tender into `near`, where they belong to the nearest; how many there
    -- were.
    local function look_at_proposals(v, t, near)
        local numbers = call('SMEMBERS', v.key .. 'tl:' .. text_of(t.number))
        for i = 1, #numbers do
            near[#near + 1] = weigh(v, proposal.read(v, tonumber(numbers[i])), t)
        end
        table.sort(near, nearer)
        for i = #near, NEAREST_MOST + 1, -1 do near[i] = nil end
        return #numbers
    end

    -- Every live tender has its closing in `due`.
    local function look_at_tenders(v, s)
        local flat, near, looked = call('ZRANGE', v.key .. 'due', '0', text_of(DUE_MOST - 1),
                                        'WITHSCORES'), {}, 0
        for i = 1, #flat, 2 do
            local letter, number = match(flat[i], '^%d+:(%l)(%d+)$')
            if s.due == 0 then
                s.due, s.due_kind, s.due_number = flat[i + 1], KINDS[letter], number
            end
            local t = letter == 't' and tender.read(v, tonumber(number))
            if t and tender.is_live(t.word) then
                local name = 'tenders_' .. t.word
                s[name] = s[name] + 1
                if t.paused_until > 0 then s.tenders_paused = s.tenders_paused + 1 end
                if tender.is_hidden(t.state) then
                    s.tenders_hidden = s.tenders_hidden + 1
                elseif looked < LIVE_MOST then
                    looked = looked + look_at_proposals(v, t, near)
                else
                    s.whole = 0
                end
            end
        end
        if #flat == 2 * DUE_MOST then s.whole = 0 end
        return near
    end

    -- When a commission had its last record, and which.
    local function last_of(v, number)
        local entry = call('LRANGE', v.key .. 'hi:p' .. number, '-1', '-1')[1]
        local seq, at = match(entry or '', '^(%d+) (%d+)')
        if seq then return seq, tonumber(at) end
        local r = call('HMGET', v.key .. 'p:' .. number, 'commission_seq', 'commission_at')
        return r[1], tonumber(r[2])
    end

    local function stalled_item(v, number, mark, seq, at)
        local r = call('HMGET', v.key .. 'p:' .. number, 'tender', 'price')
        return {what = 'commission', number = number, tender = r[1], price = r[2],
                state = contract.STATES[mark], seq = seq, at = at}
    end

    local function look_at_commissions(v, s, stalled_ms)
        local key, stalled = v.key .. 'commissions', {}
        local n = call('LLEN', key)
        local numbers = call('LRANGE', key, text_of(max(0, n - COMMISSIONS_MOST)), text_of(n - 1))
        for i = 1, #numbers do
            local mark = call('HGET', v.key .. 'cm:' .. numbers[i], 'state') or 'a'
            if UNDER_WAY[mark] then
                s.commissions = s.commissions + 1
                local seq, at = last_of(v, numbers[i])
                if v.at - at >= stalled_ms then
                    stalled[#stalled + 1] = stalled_item(v, numbers[i], mark, seq, at)
                end
            end
        end
        table.sort(stalled, function(a, b) return a.at < b.at end)
        s.stalled = #stalled
        for i = #stalled, STALLED_MOST + 1, -1 do stalled[i] = nil end
        if #numbers == COMMISSIONS_MOST then s.whole = 0 end
        return stalled
    end

    -- The last ones, not long ago.
    local function look_at_activations(v)
        local key, list = v.key .. 'commissions', {}
        local n = call('LLEN', key)
        local numbers = call('LRANGE', key, text_of(max(0, n - NEWS_MOST)), text_of(n - 1))
        for i = 1, #numbers do
            local r = call('HMGET', v.key .. 'p:' .. numbers[i], 'tender', 'price',
                           'commission_at')
            if v.at - tonumber(r[3]) < NEWS_MS then
                list[#list + 1] = {what = 'activation', number = numbers[i], tender = r[1],
                                   price = r[2], at = r[3]}
            end
        end
        return list
    end

    -- How many lay members of one vote could leave before the majority, or the least number of
    -- members, is lost: 0 is "the next one".
    local function margin_of(v, b)
        local of_seats = 2 * b.lay_seats - b.seats - 1
        local of_votes = 2 * b.lay_votes - b.seat_votes - 1
        return max(0, min(of_seats, of_votes, b.seats - v.c.members_min))
    end

    local function look_at_bodies(v)
        local list = {}
        for number = 1, v.c.body_n do
            local b = body.read(v, number)
            local lawful = body.is_lawful(v, b)
            local mark = lawful and 'l' or b.mark == 'l' and 's' or b.mark
            b.what, b.word, b.state = 'body', b.body, MARKS[mark]
            b.margin = lawful and margin_of(v, b) or 0
            if mark == 's' or (mark == 'l' and b.margin == 0) then list[#list + 1] = b end
        end
        return list
    end

    local function head_of(v)
        local c, hidden = v.c, sealing.held(v)
        local s = {tenders_open = 0, tenders_critical = 0, tenders_paused = 0, tenders_hidden = 0,
                   due = 0, due_kind = '', due_number = 0, commissions = 0, stalled = 0, whole = 1}
        for _, name in ipairs({'at', 'round', 'open', 'token', 'closes', 'granted', 'spent',
                               'unallotted', 'committed', 'paid', 'funds', 'currency', 'areas'}) do
            s[name] = c[name]
        end
        s.seq, s.held, s.free = c.seq - 1, c.held - hidden, c.free + hidden
        s.residents = pairs_by_area(round.residents_by_area(v))
        s.people, s.text = pairs_by_area(turnout.by_area(v)), text_at(v, 'c')
        return s
    end

    local function add_items(ok, list, names)
        for i = 1, #list do ok[#ok + 1] = add_all({}, list[i], names) end
    end

    -- KEYS {slug}:c; ARGV now_ms, stalled_ms (without a record: stalled)
    reader{name = 'summary', read = function(args)
        count_in(args, 2)
        return {stalled_ms = number_in(args, 2, 0, NUMBER_MOST, 'stalled_ms')}
    end, look = function(v, own)
        local s = head_of(v)
        local near = look_at_tenders(v, s)
        local stalled, bodies = look_at_commissions(v, s, own.stalled_ms), look_at_bodies(v)
        for i = 1, #near do
            local p = near[i]
            p.what, p.pledged, p.people = 'proposal', p.sum, p.n
            p.text = text_at(v, 'p' .. text_of(p.number))
        end
        local ok = {'ok', add_all({}, s, {
            'seq', 'at', 'round', 'open', 'token', 'closes', 'granted', 'held', 'spent',
            'unallotted', 'free', 'committed', 'paid', 'funds', 'currency', 'areas', 'residents',
            'people', 'tenders_open', 'tenders_critical', 'tenders_paused', 'tenders_hidden',
            'due', 'due_kind', 'due_number', 'commissions', 'stalled', 'whole', 'text'})}
        add_items(ok, near, {'what', 'number', 'tender', 'price', 'pledged', 'people',
                             'people_min', 'areas_ok', 'areas_min', 'headroom', 'critical_until',
                             'permille', 'text'})
        add_items(ok, stalled, {'what', 'number', 'tender', 'price', 'state', 'seq', 'at'})
        add_items(ok, look_at_activations(v), {'what', 'number', 'tender', 'price', 'at'})
        add_items(ok, bodies, {'what', 'number', 'word', 'state', 'seats', 'seat_votes',
                               'lay_seats', 'lay_votes', 'margin'})
        return ok
    end}
end
