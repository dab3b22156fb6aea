-- 80_view_community.lua -- readers of a community, its money, its rounds, its log.
--
-- FCALL_RO <reader>_<hash> 1 {slug}:c now_ms ...own. One thing: `ok name value ...`. Lists:
-- {'ok', {head}, {item}, {item}...}, each flat names and values; `next` in the head is the `after`
-- of the next page, 0 where this was the last. The names are those of ledger/views.h:
--   community_view  seq at area_residents_min members_min round open token allotment closes funds
--                   tenders proposals currency areas residents(area:n,...) days contributors
--                   people_permille areas_min window tally needs_line text
--   totals          seq at funds unallotted free held committed paid round open granted spent
--                   prices rounding
--   funds           head: next; fund amount left theme text
--   round_view      round open allotment token opened opened_seq closes residents granted spent
--                   prices rounding text
--   log             head: next (a seq to go on from); the fields of each record
-- seq is that of the last record. A deadline that is due counts as passed (deadline.foresee).
do
    local function add(list, name, value)
        local n = #list
        list[n + 1] = name
        list[n + 2] = type(value) == 'number' and text_of(value) or value or ''
    end

    local function add_all(list, from, names)
        for i = 1, #names do add(list, names[i], from[names[i]]) end
        return list
    end

    local function page_in(args, i)
        return {after = number_in(args, i, 0, NUMBER_MOST, 'after'),
                limit = number_in(args, i + 1, 1, 1000, 'limit')}
    end

    local function read_page(args)
        count_in(args, 3)
        return page_in(args, 2)
    end

    local function read_number(args)
        count_in(args, 2)
        return {number = number_in(args, 2, 0, NUMBER_MOST, 'number')}
    end

    local function text_at(v, name) return call('GET', v.key .. 'x:' .. name) or '' end

    -- For the other files of readers.
    community.view = {add_all = add_all, page_in = page_in, read_page = read_page,
                      read_number = read_number, text_at = text_at}

    -- KEYS {slug}:c; ARGV now_ms
    reader{name = 'community_view', look = function(v)
        local c = v.c
        local ok = {'ok', 'seq', text_of(c.seq - 1)}
        add_all(ok, c, {'at', 'area_residents_min', 'members_min', 'round', 'open', 'token',
                        'allotment', 'closes'})
        add(ok, 'funds', c.fund_n)
        add(ok, 'tenders', c.tender_n)
        add(ok, 'proposals', c.proposal_n)
        add_all(ok, c, {'currency', 'areas'})
        add(ok, 'residents', pairs_by_area(round.residents_by_area(v)))
        add_all(ok, community.defaults(v), {'days', 'contributors', 'people_permille', 'areas_min',
                                            'window', 'tally', 'needs_line'})
        add(ok, 'text', text_at(v, 'c'))
        return ok
    end}

    -- KEYS {slug}:c; ARGV now_ms
    reader{name = 'totals', look = function(v)
        local hidden = sealing.held(v)
        v.c.held, v.c.free = v.c.held - hidden, v.c.free + hidden
        return add_all({'ok', 'seq', text_of(v.c.seq - 1)}, v.c, {
            'at', 'funds', 'unallotted', 'free', 'held', 'committed', 'paid', 'round', 'open',
            'granted', 'spent', 'prices', 'rounding'})
    end}

    -- KEYS {slug}:c; ARGV now_ms
    reader{name = 'funds', look = function(v)
        local ok = {'ok', {'next', '0'}}
        for number = 1, v.c.fund_n do
            local f = fund.read(v, number)
            f.fund, f.text = number, text_at(v, 'f' .. text_of(number))
            ok[number + 2] = add_all({}, f, {'fund', 'amount', 'left', 'theme', 'text'})
        end
        return ok
    end}

    -- KEYS {slug}:c; ARGV now_ms, round
    reader{name = 'round_view', read = read_number, look = function(v, own)
        local c, number = v.c, own.number
        if number < 1 or number > c.round_n then
            return refuse('round_unknown', 'round', number)
        end
        local flat, r = call('HGETALL', v.key .. 'r:' .. text_of(number)), {}
        for i = 1, #flat, 2 do r[flat[i]] = flat[i + 1] end
        local present = number == c.round
        for _, name in ipairs({'granted', 'spent', 'prices', 'rounding'}) do
            if present then r[name] = c[name] end
        end
        r.opened, r.round, r.open = r.opened_at, number, present and c.open or 0
        r.text = text_at(v, 'r' .. text_of(number))
        return add_all({'ok'}, r, {'round', 'open', 'allotment', 'token', 'opened', 'opened_seq',
                                   'closes', 'residents', 'granted', 'spent', 'prices', 'rounding',
                                   'text'})
    end}

    -- KEYS {slug}:c; ARGV now_ms, from (a seq), limit
    reader{name = 'log', read = read_page, look = function(v, own)
        local entries = call('XRANGE', v.key .. 'log', format('%.0f-0', own.after), '+',
                             'COUNT', text_of(own.limit))
        local last = own.after
        local ok = {'ok', {'next', '0'}}
        for i = 1, #entries do
            ok[i + 2] = entries[i][2]
            last = tonumber(match(entries[i][1], '^%d+'))
        end
        if #entries == own.limit and last + 1 < v.c.seq then ok[2][2] = text_of(last + 1) end
        return ok
    end}
end
