-- 64_offer.lua -- help in kind: hours, rooms, skills and things that a proposal asks for and that
-- residents offer it beside their tokens. Counted by itself, never money, in no record.
--
-- `help` in `p:<n>`: of how many things its text asks (at most 8; which they are is in the text).
-- `of:<p>`: resident -> `item:n,...` of what they offer it; `on:<p>`: item -> `<sum> <people>`;
-- `offers`: resident -> the proposals that they offer something, joined by `,`. Whoever leaves or
-- is erased offers nothing any more.
do
    local ITEMS_MOST, OFFERED_TO_MOST, N_MOST = 8, 32, 10000
    local SALT = 32

    -- What a stored text asks for; nothing where it is no such text.
    local function list_in(stored)
        local good, words = pcall(cjson.decode, sub(stored, SALT + 1))
        local list = good and type(words) == 'table' and words.help
        return type(list) == 'table' and list or {}
    end

    -- How many things of help.
    function offer.asked(stored) return min(#list_in(stored), ITEMS_MOST) end

    -- What an offer is of: hours of digging are no offer of hours at a desk.
    local function sort_of(item)
        if type(item) ~= 'table' then return '' end
        return tostring(item.unit) .. ' ' .. tostring(item.what)
    end

    -- Whether all that was asked for before is asked for still, in its place.
    function offer.stays(before, now)
        local was, is = list_in(before or ''), list_in(now)
        for i = 1, min(#was, ITEMS_MOST) do
            if sort_of(was[i]) ~= sort_of(is[i]) then return false end
        end
        return true
    end

    -- A proposal was amended: `help` things are asked for, and what was offered `stays`, or is
    -- offered no more. The rows of `offers` that name it go when they are next read.
    function offer.amended(v, number, help, stays)
        local key = v.key .. 'p:' .. number
        if help > 0 then call('HSET', key, 'help', text_of(help)) else call('HDEL', key, 'help') end
        if not stays then call('UNLINK', v.key .. 'of:' .. number, v.key .. 'on:' .. number) end
    end

    local function parse(row)
        local counts = {}
        for item, n in gmatch(row or '', '(%d+):(%d+)') do counts[tonumber(item)] = tonumber(n) end
        return counts
    end

    -- A proposal is named by the text of its number from here on.
    local function offers_on(v, number, id)
        local row = call('HGET', v.key .. 'of:' .. number, id)
        return parse(row), row
    end

    local function counted(v, number, item)
        local row = call('HGET', v.key .. 'on:' .. number, text_of(item))
        local sum, people = match(row or '0 0', '^(%d+) (%d+)$')
        return tonumber(sum), tonumber(people)
    end

    -- One resident's n of an item becomes another: the item's sum and people.
    local function count(v, number, item, was, n)
        local sum, people = counted(v, number, item)
        sum, people = sum - was + n, people - (was > 0 and 1 or 0) + (n > 0 and 1 or 0)
        local key = v.key .. 'on:' .. number
        if people == 0 then
            call('HDEL', key, text_of(item))
        else
            call('HSET', key, text_of(item), text_of(sum) .. ' ' .. text_of(people))
        end
        return sum, people
    end

    local function offered_to(v, id)
        local numbers = {}
        for number in gmatch(call('HGET', v.key .. 'offers', id) or '', '%d+') do
            if call('HEXISTS', v.key .. 'of:' .. number, id) == 1 then
                numbers[#numbers + 1] = number
            end
        end
        return numbers
    end

    -- A row that would be empty goes.
    local function put(key, id, row)
        if row == '' then call('HDEL', key, id) else call('HSET', key, id, row) end
    end

    function offer.forget(v, id)
        for _, number in ipairs(offered_to(v, id)) do
            local mine = offers_on(v, number, id)
            for item = 1, ITEMS_MOST do
                if mine[item] then count(v, number, item, mine[item], 0) end
            end
            call('HDEL', v.key .. 'of:' .. number, id)
        end
        call('HDEL', v.key .. 'offers', id)
    end

    -- ---- help_offer -----------------------------------------------------------------------------

    -- Of a proposal that nobody can help any more; a commission still can be.
    local function closed(v, p)
        local t = tender.read(v, p.tender)
        local word = proposal.word(call('HGET', v.key .. 'st', 'p' .. text_of(p.number)), t.word)
        if word == 'withdrawn' then return refuse('proposal_withdrawn') end
        return word == 'released' and refuse('tender_closed', 'state', t.word) or nil
    end

    -- What was offered can be taken back at any time.
    local function refused(v, own, p)
        local no = own.n > 0 and closed(v, p)
        if no then return no end
        local items = tonumber(call('HGET', p.key, 'help') or '0')
        if own.item < 1 or own.item > items then
            return refuse('help_unknown', 'item', own.item, 'items', items)
        end
        return nil
    end

    local function moved(numbers, number, stays)
        local list = {}
        for i = 1, #numbers do
            if numbers[i] ~= number then list[#list + 1] = numbers[i] end
        end
        if stays then list[#list + 1] = number end
        return list
    end

    local function write(v, own, mine, numbers)
        local was, number = mine[own.item] or 0, text_of(own.proposal)
        mine[own.item] = own.n
        local row = pairs_by_area(mine)
        put(v.key .. 'of:' .. number, own.resident, row)
        put(v.key .. 'offers', own.resident, concat(moved(numbers, number, row ~= ''), ','))
        return count(v, number, own.item, was, own.n)
    end

    local function give(v, own)
        local r = resident.read(v, own.resident)
        if not r or r.state ~= 'm' then return refuse('resident_unknown') end
        local p = proposal.read(v, own.proposal)
        if not p then return refuse('proposal_unknown', 'proposal', own.proposal) end
        local no = refused(v, own, p)
        if no then return no end
        local mine, row = offers_on(v, text_of(own.proposal), own.resident)
        local numbers = offered_to(v, own.resident)
        if not row and own.n > 0 and #numbers >= OFFERED_TO_MOST then
            return refuse('offers_too_many', 'offers', #numbers, 'most', OFFERED_TO_MOST)
        end
        v.number = own.proposal
        local sum, people = counted(v, text_of(own.proposal), own.item)
        if (mine[own.item] or 0) ~= own.n then sum, people = write(v, own, mine, numbers) end
        return {'item', text_of(own.item), 'n', text_of(own.n),
                'offered', text_of(sum), 'people', text_of(people)}
    end

    -- KEYS {slug}:c; ARGV head, resident, proposal, item, n (0: taken back)
    act{name = 'help_offer', object = 'proposal', perform = give, read = function(args, v)
        count_in(args, 9)
        local own = {resident = id_in(args, 6, false, 'resident'),
                     proposal = number_in(args, 7, 0, NUMBER_MOST, 'proposal'),
                     item = number_in(args, 8, 0, NUMBER_MOST, 'item'),
                     n = number_in(args, 9, 0, N_MOST, 'n')}
        if own.resident ~= v.subject then malformed('resident') end
        return own
    end}

    -- ---- what readers say -----------------------------------------------------------------------

    -- p.help: how many things it asks for; help_offered, help_people: item:n,... of those offered.
    function offer.describe(v, p)
        local number, sums, people = text_of(p.number), {}, {}
        p.help = call('HGET', p.key, 'help') or '0'
        for item = 1, tonumber(p.help) do sums[item], people[item] = counted(v, number, item) end
        p.help_offered, p.help_people = pairs_by_area(sums), pairs_by_area(people)
    end

    -- Head: epoch of the resident. Items: proposal item n.
    -- KEYS {slug}:c; ARGV now_ms, resident
    reader{name = 'offers', read = function(args)
        count_in(args, 2)
        return {resident = id_in(args, 2, false, 'resident')}
    end, look = function(v, own)
        local r = resident.read(v, own.resident)
        if not r then return refuse('resident_unknown') end
        local ok = {'ok', {'epoch', text_of(r.epoch)}}
        for _, number in ipairs(offered_to(v, own.resident)) do
            local mine = offers_on(v, number, own.resident)
            for item = 1, ITEMS_MOST do
                if mine[item] then
                    ok[#ok + 1] = {'proposal', number, 'item', text_of(item),
                                   'n', text_of(mine[item])}
                end
            end
        end
        return ok
    end}
end
