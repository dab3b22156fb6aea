-- 12_community.lua -- the hash `c`: the accounts, counters and headroom of a community.
--
-- v.c holds its numbers while a call runs. A pledge reads and writes only a few (read); whoever
-- needs more calls read_all, and then save writes all of them. Money moves by changing v.c.
do
    local REST = {'closes', 'funds', 'unallotted', 'committed', 'paid', 'granted', 'spent',
                  'prices', 'rounding', 'fund_n', 'tender_n', 'proposal_n', 'round_n',
                  'area_residents_min', 'members_min', 'body_n', 'member_n'}
    -- What save writes of the rest; `left:` and the two that never change are not its business.
    local SAVED = {'seq', 'at', 'free', 'held', 'round', 'open', 'due', 'token', 'allotment',
                   'closes', 'funds', 'unallotted', 'committed', 'paid', 'granted', 'spent',
                   'prices', 'rounding', 'fund_n', 'tender_n', 'proposal_n', 'round_n', 'body_n',
                   'member_n'}

    -- One table for all calls, until read_all has put more into it: to make one costs 1 us.
    local few = {full = true}

    function community.read(v)
        local r = call('HMGET', v.names.c, 'seq', 'at', 'round', 'open', 'due', 'token',
                       'allotment', 'free', 'held', 'left:')
        if not r[1] then return false end
        -- One constructor: a table that grows field by field is rehashed at every power of two.
        if few.full then
            few = {full = false, seq = 0, at = 0, round = 0, open = 0, due = 0, token = 0,
                   allotment = 0, free = 0, held = 0, ['left:'] = 0}
        end
        local c = few
        c.seq, c.at, c.free, c.held = number_of(r[1]), steady_number_of(r[2]), number_of(r[8]),
            number_of(r[9])
        c.round, c.open, c.due = number_of(r[3]), number_of(r[4]), steady_number_of(r[5])
        c.token, c.allotment = number_of(r[6]), steady_number_of(r[7])
        c['left:'] = steady_number_of(r[10])
        v.c = c
        return true
    end

    function community.read_all(v)
        if not v.c and not community.read(v) then return false end
        local c = v.c
        if c.full then return true end
        local r = call('HMGET', v.key .. 'c', 'areas', 'currency', unpack(REST))
        c.areas, c.currency = r[1], r[2]
        for i = 1, #REST do c[REST[i]] = tonumber(r[i + 2] or '0') end
        c.codes = {}
        for code in gmatch(c.areas, '[^,]+') do c.codes[#c.codes + 1] = code end
        c.full = true
        return true
    end

    function community.save(v)
        local c = v.c
        if not c.full then
            call('HSET', v.names.c, 'seq', text_of(c.seq), 'at', v.at_text,
                 'free', text_of(c.free), 'held', text_of(c.held))
            return
        end
        local pairs_of = {}
        for i = 1, #SAVED do
            pairs_of[#pairs_of + 1] = SAVED[i]
            pairs_of[#pairs_of + 1] = text_of(c[SAVED[i]])
        end
        call('HSET', v.key .. 'c', unpack(pairs_of))
    end

    -- What a proposal of this theme may draw on.
    function community.headroom(v, theme)
        local unrestricted = v.c['left:']
        if theme == '' then return unrestricted end
        return unrestricted + (tonumber(call('HGET', v.key .. 'c', 'left:' .. theme) or '0'))
    end

    -- The highest area there is; asked for before anything else is known of the community.
    function community.area_most(v)
        local codes = call('HGET', v.key .. 'c', 'areas')
        if not codes then return 63 end
        local most = -1
        for _ in gmatch(codes, '[^,]+') do most = most + 1 end
        return most
    end

    local function codes_in(args, i)
        local codes, seen, n = bytes_in(args, i, 1, 4096, 'areas'), {}, 0
        for code in gmatch(codes .. ',', '([^,]*),') do
            if not is_word(code) or seen[code] then malformed('areas') end
            seen[code] = true
            n = n + 1
        end
        if n > 64 then malformed('areas') end
        return codes
    end

    local function read_create(args, v)
        count_in(args, 12)
        if v.key ~= '{' .. args[6] .. '}:' then malformed('slug') end
        if not find(args[7], '^[A-Z][A-Z][A-Z]$') then malformed('currency') end
        return {currency = args[7], areas = codes_in(args, 8),
                least = number_in(args, 9, 0, NUMBER_MOST, 'area_residents_min'),
                members_min = number_in(args, 10, 0, MEMBERS_MOST, 'members_min'),
                hash = hash_in(args, 11, false, 'text_hash'), text = text_in(args, 12)}
    end

    -- KEYS {slug}:c; ARGV head, slug, currency, areas, area_residents_min, members_min, text_hash,
    -- text
    local function create(v, own)
        if community.read(v) then return refuse('community_exists') end
        local least, members_min = text_of(own.least), text_of(own.members_min)
        v.c = {full = false, seq = 0, at = 0, free = 0, held = 0}
        local fields = {'currency', own.currency, 'areas', own.areas, 'area_residents_min', least}
        log.optional(fields, 'members_min', own.members_min > 0 and members_min or '')
        log.optional(fields, 'text', own.hash)
        v.seq = log.append(v, 'community_created', nil, fields)
        call('HSET', v.key .. 'c', 'v', '1', 'currency', own.currency, 'areas', own.areas,
             'area_residents_min', least, 'members_min', members_min, 'round', '0', 'open', '0',
             'due', '0', 'token', '0', 'allotment', '0', 'closes', '0', 'funds', '0',
             'unallotted', '0', 'committed', '0', 'paid', '0', 'granted', '0', 'spent', '0',
             'prices', '0', 'rounding', '0', 'fund_n', '0', 'tender_n', '0', 'proposal_n', '0',
             'round_n', '0', 'body_n', '0', 'member_n', '0', 'left:', '0', 'wide', WIDE)
        call('SET', v.key .. 'x:c', own.text)
        community.save(v)
        return {}
    end

    act{name = 'community_create', read = read_create, perform = create, founding = true}

    -- KEYS {slug}:c; ARGV head, subject whose tokens end
    act{name = 'staff_sign_out', perform = function(v, own)
        local row = call('HGET', v.key .. 'staff', own.staff) or '0'
        local epoch = tonumber(match(row, '^%d+'))
        call('HSET', v.key .. 'staff', own.staff, text_of(epoch + 1) .. ' ' .. v.at_text)
        return {}
    end, read = function(args)
        count_in(args, 6)
        local staff = bytes_in(args, 6, 1, 128, 'staff')
        if staff == 'operator' or staff == 'keeper' then malformed('staff') end
        return {staff = staff}
    end}
end
