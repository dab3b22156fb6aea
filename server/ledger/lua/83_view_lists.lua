-- 83_view_lists.lua -- tenders of a community and proposals of a tender: in orders, filtered.
--
-- What an item holds is said in 82_view_tender.lua. A page may be short, even empty, and still have
-- a next: a call looks at no more than LOOKED_AT_MOST. `after` is a number in the orders oldest and
-- newest, and how many to pass over in the others.
do
    local view = community.view
    local LOOKED_AT_MOST, DUE_MOST = 500, 4096
    local STATES = {[''] = true, draft = true, deliberating = true, open = true, critical = true,
                    decided = true, lapsed = true, withdrawn = true}
    local ORDERS = {oldest = true, newest = true, closing = true}
    local ORDERS_OF_PROPOSALS = {oldest = true, newest = true, price = true, progress = true}

    local function one_of(words, args, i, what)
        if not args[i] or not words[args[i]] then malformed(what) end
        return args[i]
    end

    -- A page out of `list` ({number, place} each): those for which item(number) gives one. `whole`:
    -- nothing stands behind the list.
    local function page(list, whole, limit, item)
        local ok, i = {'ok', {'next', '0'}}, 0
        while i < #list and #ok < limit + 2 do
            i = i + 1
            ok[#ok + 1] = item(list[i].number)
        end
        if i < #list or (not whole and i > 0) then ok[2][2] = text_of(list[i].place) end
        return ok
    end

    -- ---- tenders ------------------------------------------------------------------------------

    -- Whose pledging runs, by the time at which it ends.
    local function closing(v, after)
        local list, n, due = {}, 0, call('ZRANGE', v.key .. 'due', '0', text_of(DUE_MOST - 1))
        for i = 1, #due do
            local number = match(due[i], ':t(%d+)$')
            if number then
                n = n + 1
                if n > after then list[#list + 1] = {number = tonumber(number), place = n} end
            end
            if #list == LOOKED_AT_MOST then return list, i == #due end
        end
        return list, true
    end

    local function counted(first, last, step)
        local list = {}
        for number = first, last, step do list[#list + 1] = {number = number, place = number} end
        return list
    end

    local function tenders_in_order(v, own)
        local all = v.c.tender_n
        if own.sort == 'closing' then return closing(v, own.after) end
        if own.sort == 'newest' then
            local first = own.after == 0 and all or min(all, own.after - 1)
            local last = max(1, first - LOOKED_AT_MOST + 1)
            return counted(first, last, -1), last == 1
        end
        local last = min(all, own.after + LOOKED_AT_MOST)
        return counted(own.after + 1, last, 1), last == all
    end

    local function wanted(own, t)
        return (own.state == '' or t.word == own.state) and (own.body == '' or t.body == own.body)
            and (own.theme == '' or t.theme == own.theme)
            and (own.sort ~= 'closing' or tender.is_live(t.word))
    end

    -- KEYS {slug}:c; ARGV now_ms, after, limit [, sort, state, body, theme ('': any)]
    reader{name = 'tenders', read = function(args)
        local own = view.page_in(args, 2)
        own.sort, own.state, own.body, own.theme = 'oldest', '', '', ''
        if #args == 3 then return own end
        count_in(args, 7)
        own.sort, own.state = one_of(ORDERS, args, 4, 'sort'), one_of(STATES, args, 5, 'state')
        own.body, own.theme = word_in(args, 6, true, 'body'), word_in(args, 7, true, 'theme')
        return own
    end, look = function(v, own)
        local list, whole = tenders_in_order(v, own)
        return page(list, whole, own.limit, function(number)
            local t = tender.read(v, number)
            return wanted(own, t) and view.tender_item(v, {}, t) or nil
        end)
    end}

    -- ---- proposals ----------------------------------------------------------------------------

    -- Where in the tender's list the numbers above `after` begin: it ascends, so by halving.
    local function place_after(key, after)
        local low, high = 0, call('LLEN', key)
        while low < high do
            local middle = floor((low + high) / 2)
            if tonumber(call('LINDEX', key, text_of(middle))) > after then
                high = middle
            else
                low = middle + 1
            end
        end
        return low
    end

    -- How far it has come on money, to rank by; of a hidden tally nothing.
    local function progress(v, number, t)
        local p = proposal.read(v, number)
        return tender.is_hidden(t.state) and 0 or p.sum / p.price
    end

    local function rank_of(v, own, t, number)
        if own.sort == 'newest' then return -number end
        if own.sort == 'price' then return proposal.read(v, number).price end
        return -progress(v, number, t)
    end

    -- The last 500 of a tender by rank, those of one rank by number.
    local function ranked(v, own, t, key)
        local numbers, list = call('LRANGE', key, text_of(-LOOKED_AT_MOST), '-1'), {}
        for i = 1, #numbers do
            local number = tonumber(numbers[i])
            list[i] = {number = number, rank = rank_of(v, own, t, number)}
        end
        table.sort(list, function(a, b)
            if a.rank ~= b.rank then return a.rank < b.rank end
            return a.number < b.number
        end)
        local rest = {}
        for i = own.after + 1, #list do
            rest[#rest + 1] = {number = list[i].number, place = i}
        end
        return rest
    end

    local function in_order(own, key)
        local first = own.after == 0 and 0 or place_after(key, own.after)
        local numbers, list = call('LRANGE', key, text_of(first), text_of(first + own.limit)), {}
        for i = 1, #numbers do
            local number = tonumber(numbers[i])
            list[i] = {number = number, place = number}
        end
        return list
    end

    -- KEYS {slug}:c; ARGV now_ms, tender, after, limit [, sort]
    reader{name = 'proposals', read = function(args)
        if #args ~= 5 then count_in(args, 4) end
        local own = view.page_in(args, 3)
        own.tender = number_in(args, 2, 0, NUMBER_MOST, 'tender')
        own.sort = args[5] and one_of(ORDERS_OF_PROPOSALS, args, 5, 'sort') or 'oldest'
        return own
    end, look = function(v, own)
        local t = tender.read(v, own.tender)
        if not t then return refuse('tender_unknown', 'tender', own.tender) end
        local key = v.key .. 'tp:' .. text_of(own.tender)
        local list = own.sort == 'oldest' and in_order(own, key) or ranked(v, own, t, key)
        return page(list, true, own.limit, function(number)
            return view.proposal_item(v, {}, proposal.read(v, number), t)
        end)
    end}
end
