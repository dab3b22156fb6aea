-- 20_fund.lua -- the lines of a community's pool: `f:<n>` {amount, left, theme}.
--
-- `left` is what activations may still draw; `left:<theme>` in `c` is its sum per theme. Accounts
-- know no funds: a fund that is added is unallotted money, whoever it comes from.
do
    local function credit(v, number, theme, amount, kind, fields)
        local c = v.c
        v.number = number
        v.seq = log.append(v, kind, nil, fields)
        call('HINCRBY', v.key .. 'c', 'left:' .. theme, text_of(amount))
        if theme == '' then c['left:'] = c['left:'] + amount end
        c.funds, c.unallotted = c.funds + amount, c.unallotted + amount
    end

    local function too_large(v, amount)
        if v.c.funds + amount <= NUMBER_MOST then return nil end
        return refuse('amount_too_large', 'amount', v.c.funds + amount, 'most', NUMBER_MOST)
    end

    local function read_add(args)
        count_in(args, 9)
        return {amount = number_in(args, 6, 1, NUMBER_MOST, 'amount'),
                theme = word_in(args, 7, true, 'theme'),
                hash = hash_in(args, 8, false, 'text_hash'), text = text_in(args, 9)}
    end

    local function add(v, own)
        local c = v.c
        if c.fund_n >= FUNDS_MOST then
            return refuse('funds_too_many', 'funds', c.fund_n, 'most', FUNDS_MOST)
        end
        local no = too_large(v, own.amount)
        if no then return no end
        local number, amount = c.fund_n + 1, text_of(own.amount)
        local fields = {'fund', text_of(number), 'amount', amount}
        log.optional(fields, 'theme', own.theme)
        log.optional(fields, 'text', own.hash)
        credit(v, number, own.theme, own.amount, 'fund_added', fields)
        c.fund_n = number
        call('HSET', v.key .. 'f:' .. text_of(number), 'amount', amount, 'left', amount,
             'theme', own.theme)
        call('SET', v.key .. 'x:f' .. text_of(number), own.text)
        community.save(v)
        return {'qualifying', deadline.qualifying(v)}
    end

    -- KEYS {slug}:c; ARGV head, amount, theme, text_hash, text
    act{name = 'fund_add', object = 'fund', read = read_add, perform = add}

    local function read_top_up(args)
        count_in(args, 7)
        return {fund = number_in(args, 6, 0, NUMBER_MOST, 'fund'),
                amount = number_in(args, 7, 1, NUMBER_MOST, 'amount')}
    end

    local function top_up(v, own)
        if own.fund < 1 or own.fund > v.c.fund_n then
            return refuse('fund_unknown', 'fund', own.fund)
        end
        local no = too_large(v, own.amount)
        if no then return no end
        local key, amount = v.key .. 'f:' .. text_of(own.fund), text_of(own.amount)
        local theme = call('HGET', key, 'theme')
        credit(v, own.fund, theme, own.amount, 'fund_topped_up',
               {'fund', text_of(own.fund), 'amount', amount})
        call('HINCRBY', key, 'amount', amount)
        call('HINCRBY', key, 'left', amount)
        community.save(v)
        return {'qualifying', deadline.qualifying(v)}
    end

    -- KEYS {slug}:c; ARGV head, fund, amount
    act{name = 'fund_top_up', object = 'fund', read = read_top_up, perform = top_up}

    local function withdraw(v, own)
        local c = v.c
        if own.fund < 1 or own.fund > c.fund_n then
            return refuse('fund_unknown', 'fund', own.fund)
        end
        local f = fund.read(v, own.fund)
        if own.amount > f.left then
            return refuse('fund_short', 'amount', own.amount, 'left', f.left)
        end
        if own.amount > c.unallotted then
            return refuse('unallotted_short', 'short', own.amount - c.unallotted,
                          'needed', own.amount, 'unallotted', c.unallotted)
        end
        local key, less = v.key .. 'f:' .. text_of(own.fund), text_of(-own.amount)
        credit(v, own.fund, f.theme, -own.amount, 'fund_withdrawn',
               {'fund', text_of(own.fund), 'amount', text_of(own.amount)})
        call('HINCRBY', key, 'amount', less)
        call('HINCRBY', key, 'left', less)
        community.save(v)
        return {'qualifying', ''}
    end

    -- KEYS {slug}:c; ARGV head, fund, amount
    act{name = 'fund_withdraw', object = 'fund', read = read_top_up, perform = withdraw,
        flags = {'allow-oom'}}

    -- Of a draw that was never paid. The accounts are the caller's.
    function fund.give_back(v, number, amount)
        local key, more = v.key .. 'f:' .. text_of(number), text_of(amount)
        local theme = call('HGET', key, 'theme')
        call('HINCRBY', key, 'left', more)
        call('HINCRBY', v.key .. 'c', 'left:' .. theme, more)
        if theme == '' then v.c['left:'] = v.c['left:'] + amount end
    end

    function fund.read(v, number)
        local r = call('HMGET', v.key .. 'f:' .. text_of(number), 'amount', 'left', 'theme')
        return {number = number, amount = tonumber(r[1]), left = tonumber(r[2]), theme = r[3]}
    end

    -- Which funds a price is drawn from: restricted ones of its theme first, then unrestricted,
    -- each in order of number. The headroom covers the price: the caller has looked.
    function fund.draws(v, theme, price)
        local funds, draws, missing = {}, {}, price
        for number = 1, v.c.fund_n do funds[number] = fund.read(v, number) end
        for pass = theme == '' and 2 or 1, 2 do
            local wanted = pass == 1 and theme or ''
            for number = 1, #funds do
                local f = funds[number]
                local amount = f.theme == wanted and min(f.left, missing) or 0
                if amount > 0 then
                    missing = missing - amount
                    draws[#draws + 1] = {fund = number, theme = wanted, amount = amount}
                end
            end
        end
        return draws
    end

    -- Writes the draws; returns them as `fund:amount,...`.
    function fund.draw(v, draws)
        for i = 1, #draws do
            local d = draws[i]
            local less = text_of(-d.amount)
            call('HINCRBY', v.key .. 'f:' .. text_of(d.fund), 'left', less)
            call('HINCRBY', v.key .. 'c', 'left:' .. d.theme, less)
            if d.theme == '' then v.c['left:'] = v.c['left:'] - d.amount end
        end
    end

    function fund.draws_text(draws)
        local list = {}
        for i = 1, #draws do
            list[i] = text_of(draws[i].fund) .. ':' .. text_of(draws[i].amount)
        end
        return concat(list, ',')
    end

    -- `theme:amount,...` of what is left, themes in the order in which their first fund was added.
    function fund.spendable(v)
        local left, themes, list = {}, {}, {}
        for number = 1, v.c.fund_n do
            local f = fund.read(v, number)
            if not left[f.theme] then themes[#themes + 1] = f.theme end
            left[f.theme] = (left[f.theme] or 0) + f.left
        end
        for i = 1, #themes do list[i] = themes[i] .. ':' .. text_of(left[themes[i]]) end
        return concat(list, ',')
    end
end
