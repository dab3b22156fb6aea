-- 22_body.lua -- commissioning bodies: `bo:<n>`, found by their word in `body_of`; their members.
--
-- A member is a row of `mo`: number -> `<body> <category> <votes> <term, 0 for none> <seq of the
-- seating> <s or l>`. The holder is who may approve: `r:<resident>`, or a person's word
-- (`a:<account>`, `t:<role>:<subject>`). Of those who sit `mr` leads from the number to the holder,
-- `mh:<body>` back; neither is in the log.
-- What the register shows (seats, seat_votes, lay_seats, lay_votes) is kept in the body, so that it
-- is judged in O(1). `mark`: f forming, l lawful, s suspended. `ml:<body>` lists its members.
do
    local FIGURES = {'seats', 'seat_votes', 'lay_seats', 'lay_votes'}
    local LAY = {resident = true, user = true, professional = false, elected = false}
    local ROW = '^(%d+) (%l+) (%d+) (%d+) (%d+) (%l)$'
    local VOTES_MOST = 1000

    function body.read(v, number)
        local r = call('HMGET', v.key .. 'bo:' .. text_of(number), 'body', 'mark', 'version',
                       unpack(FIGURES))
        if not r[1] then return nil end
        local b = {number = number, body = r[1], mark = r[2], version = tonumber(r[3])}
        for i = 1, #FIGURES do b[FIGURES[i]] = tonumber(r[i + 3]) end
        return b
    end

    function body.by_word(v, word)
        local number = call('HGET', v.key .. 'body_of', word)
        return number and body.read(v, tonumber(number)) or nil
    end

    -- Residents and service users hold more than half of the seats and of the votes, and it has the
    -- members that the community asks for: body_is_lawful() of the C side.
    function body.is_lawful(v, b)
        return b.seats >= v.c.members_min and 2 * b.lay_seats > b.seats
            and 2 * b.lay_votes > b.seat_votes
    end

    function body.member(v, number)
        local row = call('HGET', v.key .. 'mo', text_of(number))
        if not row then return nil end
        local of, category, votes, term, seq, state = match(row, ROW)
        return {number = number, body = tonumber(of), category = category, votes = tonumber(votes),
                term = tonumber(term), seq = tonumber(seq), state = state}
    end

    local function write_member(v, m)
        call('HSET', v.key .. 'mo', text_of(m.number), concat({
            text_of(m.body), m.category, text_of(m.votes), text_of(m.term), text_of(m.seq),
            m.state}, ' '))
    end

    function body.is_lay(m) return LAY[m.category] end

    -- The figures with one member more (sign 1) or fewer (-1).
    function body.shift(b, m, sign)
        b.seats, b.seat_votes = b.seats + sign, b.seat_votes + sign * m.votes
        if LAY[m.category] then
            b.lay_seats, b.lay_votes = b.lay_seats + sign, b.lay_votes + sign * m.votes
        end
    end

    local function with_figures(fields, b)
        for i = 1, #FIGURES do
            fields[#fields + 1] = FIGURES[i]
            fields[#fields + 1] = text_of(b[FIGURES[i]])
        end
        return fields
    end

    -- Behind the record of a change of members: what follows from it, and what is kept.
    local function settle_down(v, b, lawful)
        local mark = lawful and 'l' or b.mark == 'l' and 's' or b.mark
        if b.mark ~= 'f' and mark ~= b.mark then
            local kind = mark == 's' and 'suspended' or 'restored'
            log.append(v, 'body_' .. kind, nil, with_figures({'body', b.body}, b))
        end
        local fields = with_figures({'mark', mark}, b)
        call('HSET', v.key .. 'bo:' .. text_of(b.number), unpack(fields))
    end

    local function leave(v, b, m, due)
        body.shift(b, m, -1)
        local lawful = body.is_lawful(v, b)
        local fields = with_figures({'body', b.body, 'member', text_of(m.number)}, b)
        fields[#fields + 1], fields[#fields + 2] = 'lawful', lawful and '1' or '0'
        local seq = log.append(v, 'member_left', due, fields)
        local holder = call('HGET', v.key .. 'mr', text_of(m.number))
        if holder then call('HDEL', v.key .. 'mh:' .. text_of(b.number), holder) end
        call('HDEL', v.key .. 'mr', text_of(m.number))
        m.state = 'l'
        write_member(v, m)
        settle_down(v, b, lawful)
        return seq
    end

    -- A term has come to its end.
    function deadline.settles.m(v, number, due)
        local m = body.member(v, number)
        if m.state == 's' then leave(v, body.read(v, m.body), m, due) end
    end

    -- Whoever is erased: their seats count until they end, but lead to nobody and say nothing.
    function body.forget(v, holder)
        for number = 1, v.c.body_n do
            local key = v.key .. 'mh:' .. text_of(number)
            local member = call('HGET', key, holder)
            if member then
                call('HDEL', key, holder)
                call('HDEL', v.key .. 'mr', member)
                call('UNLINK', v.key .. 'x:m' .. member)
            end
        end
    end

    -- Unknown, or another's: the refusal; else nil and the body.
    function body.of_actor(v, own)
        local b = body.read(v, own.body)
        if not b then return refuse('body_unknown', 'body', own.body) end
        if own.actor ~= '' and own.actor ~= b.body then
            return refuse('not_your_body', 'body', b.body)
        end
        return nil, b
    end

    -- ---- constitution ------------------------------------------------------------------------

    local function write_version(v, number, version, seq, own)
        call('HSET', v.key .. 'bo:' .. number, 'version', version,
             'v' .. version, text_of(seq) .. ' ' .. v.at_text)
        call('SET', v.key .. 'x:b' .. number .. '.' .. version, own.text)
        community.save(v)
    end

    -- KEYS {slug}:c; ARGV head, body (its word), actor_body, text_hash, text
    act{name = 'body_form', object = 'body', perform = function(v, own)
        if own.actor ~= '' and own.actor ~= own.word then
            return refuse('not_your_body', 'body', own.word)
        end
        if call('HEXISTS', v.key .. 'body_of', own.word) == 1 then
            return refuse('body_exists', 'body', own.word)
        end
        if v.c.body_n >= BODIES_MOST then
            return refuse('bodies_too_many', 'bodies', v.c.body_n, 'most', BODIES_MOST)
        end
        v.number = v.c.body_n + 1
        v.seq = log.append(v, 'body_formed', nil,
                           {'body', own.word, 'version', '1', 'text', own.hash})
        v.c.body_n = v.number
        call('HSET', v.key .. 'body_of', own.word, text_of(v.number))
        call('HSET', v.key .. 'bo:' .. text_of(v.number), 'body', own.word, 'mark', 'f',
             'seats', '0', 'seat_votes', '0', 'lay_seats', '0', 'lay_votes', '0')
        write_version(v, text_of(v.number), '1', v.seq, own)
        return {}
    end, read = function(args)
        count_in(args, 9)
        return {word = word_in(args, 6, false, 'body'),
                actor = word_in(args, 7, true, 'actor_body'),
                hash = hash_in(args, 8, false, 'text_hash'), text = text_in(args, 9)}
    end}

    -- KEYS {slug}:c; ARGV head, body (its number), actor_body, text_hash, text
    act{name = 'body_constitute', object = 'body', perform = function(v, own)
        local no, b = body.of_actor(v, own)
        if no then return no end
        local version = text_of(b.version + 1)
        v.number = own.body
        v.seq = log.append(v, 'body_constituted', nil,
                           {'body', b.body, 'version', version, 'text', own.hash})
        write_version(v, text_of(own.body), version, v.seq, own)
        return {}
    end, read = function(args)
        count_in(args, 9)
        return {body = number_in(args, 6, 0, NUMBER_MOST, 'body'),
                actor = word_in(args, 7, true, 'actor_body'),
                hash = hash_in(args, 8, false, 'text_hash'), text = text_in(args, 9)}
    end}

    -- ---- members -----------------------------------------------------------------------------

    local function read_seat(args)
        count_in(args, 13)
        local own = {body = number_in(args, 6, 0, NUMBER_MOST, 'body'),
                     actor = word_in(args, 7, true, 'actor_body'),
                     category = word_in(args, 8, false, 'category'),
                     votes = number_in(args, 9, 1, VOTES_MOST, 'votes'),
                     term = number_in(args, 10, 0, NUMBER_MOST, 'term'),
                     holder = mark_in(args, 11, 3, 128, 'holder'),
                     hash = hash_in(args, 12, false, 'text_hash'), text = text_in(args, 13)}
        if LAY[own.category] == nil then malformed('category') end
        if not find(own.holder, '^[art]:') then malformed('holder') end
        return own
    end

    local function seating_refused(v, b, own)
        if own.term > 0 and own.term <= v.at then
            return refuse('term_too_soon', 'term', own.term, 'now', v.at)
        end
        if b.seats >= MEMBERS_MOST then
            return refuse('seats_too_many', 'seats', b.seats, 'most', MEMBERS_MOST)
        end
        local r = sub(own.holder, 1, 2) == 'r:' and resident.read(v, sub(own.holder, 3))
        if sub(own.holder, 1, 2) == 'r:' and not (r and r.state == 'm') then
            return refuse('resident_unknown')
        end
        if call('HEXISTS', v.key .. 'mh:' .. text_of(b.number), own.holder) == 1 then
            return refuse('seated_already', 'body', b.body)
        end
        return nil
    end

    local function seat(v, own)
        local no, b = body.of_actor(v, own)
        no = no or seating_refused(v, b, own)
        if no then return no end
        v.number = v.c.member_n + 1
        local m, number = {number = v.number, body = b.number, category = own.category,
                           votes = own.votes, term = own.term, state = 's'}, text_of(v.number)
        body.shift(b, m, 1)
        local lawful = body.is_lawful(v, b)
        local fields = {'body', b.body, 'member', number, 'category', own.category,
                        'votes', text_of(own.votes)}
        log.optional(fields, 'term', own.term > 0 and text_of(own.term) or '')
        with_figures(fields, b)
        fields[#fields + 1], fields[#fields + 2] = 'lawful', lawful and '1' or '0'
        log.optional(fields, 'text', own.hash)
        v.seq = log.append(v, 'member_seated', nil, fields)
        m.seq, v.c.member_n = v.seq, v.number
        write_member(v, m)
        call('HSET', v.key .. 'mh:' .. text_of(b.number), own.holder, number)
        call('HSET', v.key .. 'mr', number, own.holder)
        call('RPUSH', v.key .. 'ml:' .. text_of(b.number), number)
        call('SET', v.key .. 'x:m' .. number, own.text)
        settle_down(v, b, lawful)
        if own.term > 0 then deadline.add(v, own.term, deadline.member(v.seq, 'm', v.number)) end
        community.save(v)
        return {'lawful', lawful and '1' or '0'}
    end

    -- KEYS {slug}:c; ARGV head, body, actor_body, category, votes, term, holder, text_hash, text
    act{name = 'member_seat', object = 'member', read = read_seat, perform = seat}

    -- KEYS {slug}:c; ARGV head, member, actor_body
    act{name = 'member_leave', object = 'member', flags = {'allow-oom'}, perform = function(v, own)
        local m = body.member(v, own.member)
        if not (m and m.state == 's') then return refuse('seat_unknown', 'member', own.member) end
        local no, b = body.of_actor(v, {body = m.body, actor = own.actor})
        if no then return no end
        v.number = own.member
        v.seq = leave(v, b, m)
        if m.term > 0 then deadline.remove(v, deadline.member(m.seq, 'm', v.number)) end
        community.save(v)
        return {'lawful', body.is_lawful(v, b) and '1' or '0'}
    end, read = function(args)
        count_in(args, 7)
        return {member = number_in(args, 6, 0, NUMBER_MOST, 'member'),
                actor = word_in(args, 7, true, 'actor_body')}
    end}
end
