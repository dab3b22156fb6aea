-- 30_resident.lua -- who is registered: `residents`, one row each, and the counts per area in `n`.
--
-- A row is `<area> <m or l> <epoch> <round granted, 0 for none> <seq at which it became a member>`.
-- The allotment of a round is held by whoever was a member when it opened (that needs no writing)
-- and by rows whose granted round it is.
do
    function resident.parse(row)
        local area, state, epoch, granted, member_seq =
            match(row, '^(%d+) (%l) (%d+) (%d+) (%d+)$')
        return {area = tonumber(area), state = state, epoch = tonumber(epoch),
                granted = tonumber(granted), member_seq = tonumber(member_seq)}
    end

    function resident.row(r)
        return format('%.0f %s %.0f %.0f %.0f', r.area, r.state, r.epoch, r.granted, r.member_seq)
    end

    function resident.read(v, id)
        local row = call('HGET', v.key .. 'residents', id)
        return row and resident.parse(row) or nil
    end

    local function write(v, id, r) call('HSET', v.key .. 'residents', id, resident.row(r)) end

    function resident.opened_seq(v)
        return tonumber(call('HGET', v.key .. 'r:' .. text_of(v.c.round), 'opened_seq') or '0')
    end

    -- Of the open round.
    function resident.is_granted(v, r)
        if r.granted == v.c.round then return true end
        return r.state == 'm' and r.member_seq < resident.opened_seq(v)
    end

    local function read_register(args, v)
        local area_most = community.area_most(v)
        local n = number_in(args, 6, 1, 1000, 'n')
        count_in(args, 6 + 2 * n)
        local ids, areas, seen = {}, {}, {}
        for i = 1, n do
            local id = bytes_in(args, 5 + 2 * i, 1, 64, 'resident')
            if seen[id] then malformed('resident') end
            seen[id], ids[i] = true, id
            areas[i] = number_in(args, 6 + 2 * i, 0, area_most, 'area')
        end
        return {ids = ids, areas = areas}
    end

    -- A row that is not there: new, or erased before, and then neither its allotment of the round
    -- nor a token of that time comes back.
    local function row_of_nobody(gone)
        local epoch, granted = match(gone or '', '^(%d+) (%d+)')
        if not epoch then return {epoch = 0, granted = 0} end
        return {epoch = tonumber(epoch) + 1, granted = tonumber(granted), was_gone = true}
    end

    -- Judges the list: which rows are new, which of them are granted. Writes nothing.
    function resident.enrol(v, own)
        local c, sum = v.c, {written = {}, registered = {}, grants = {}, gone = {}, n = 0,
                             granted = 0, already = 0}
        if #own.ids == 0 then return sum end
        local rows = call('HMGET', v.key .. 'residents', unpack(own.ids))
        local gone = call('HMGET', v.key .. 'gone', unpack(own.ids))
        local affordable = c.open == 1 and floor(c.unallotted / c.allotment) or 0
        for i = 1, #own.ids do
            local area = own.areas[i]
            local r = rows[i] and resident.parse(rows[i]) or row_of_nobody(gone[i])
            if r.state == 'm' then
                sum.already = sum.already + 1
            else
                if c.open == 1 and r.granted ~= c.round and sum.granted < affordable then
                    r.granted = c.round
                    sum.granted = sum.granted + 1
                    sum.grants[area] = (sum.grants[area] or 0) + 1
                elseif c.open == 1 and r.granted == c.round then
                    sum.kept = (sum.kept or 0) + 1
                end
                r.area, r.state, r.member_seq = area, 'm', c.seq
                sum.n = sum.n + 1
                sum.registered[area] = (sum.registered[area] or 0) + 1
                sum.written[#sum.written + 1] = own.ids[i]
                sum.written[#sum.written + 1] = resident.row(r)
                if r.was_gone then sum.gone[#sum.gone + 1] = own.ids[i] end
            end
        end
        return sum
    end

    local function add_by_area(v, key, counts)
        for area, n in pairs(counts) do
            call('HINCRBY', v.key .. key, text_of(area), text_of(n))
        end
    end

    local function grant(v, n)
        local c, money = v.c, v.c.allotment * n
        c.unallotted, c.free, c.granted = c.unallotted - money, c.free + money, c.granted + money
    end

    function resident.counts(v, sum)
        local ungranted = v.c.open == 1 and sum.n - sum.granted - (sum.kept or 0) or 0
        return {'registered', text_of(sum.n), 'already', text_of(sum.already),
                'granted', text_of(sum.granted), 'ungranted', text_of(ungranted)}
    end

    -- Writes what enrol has judged; without a record where nobody is new.
    function resident.enlist(v, sum)
        if sum.n == 0 then return end
        local fields = {'registered', pairs_by_area(sum.registered)}
        if sum.granted > 0 then
            fields[3], fields[4] = 'round', text_of(v.c.round)
            fields[5], fields[6] = 'grants', pairs_by_area(sum.grants)
        end
        v.seq = log.append(v, 'residents_registered', nil, fields)
        call('HSET', v.key .. 'residents', unpack(sum.written))
        if #sum.gone > 0 then call('HDEL', v.key .. 'gone', unpack(sum.gone)) end
        add_by_area(v, 'n', sum.registered)
        add_by_area(v, 'g', sum.grants)
        grant(v, sum.granted)
        community.save(v)
    end

    local function register_all(v, own)
        local sum = resident.enrol(v, own)
        resident.enlist(v, sum)
        return resident.counts(v, sum)
    end

    -- KEYS {slug}:c; ARGV head, n, then n x (resident id, area)
    act{name = 'residents_register', read = read_register, perform = register_all}

    local function read_one(args)
        count_in(args, 6)
        return {resident = bytes_in(args, 6, 1, 64, 'resident')}
    end

    local function grant_one(v, own)
        local c = v.c
        if c.open ~= 1 then return refuse('round_not_open') end
        local r = resident.read(v, own.resident)
        if not r or r.state ~= 'm' then return refuse('resident_unknown') end
        if resident.is_granted(v, r) then return refuse('already_granted', 'round', c.round) end
        if c.allotment > c.unallotted then
            return refuse('unallotted_short', 'short', c.allotment - c.unallotted,
                          'needed', c.allotment, 'unallotted', c.unallotted)
        end
        v.seq = log.append(v, 'resident_granted', nil,
                           {'round', text_of(c.round), 'area', text_of(r.area)})
        r.granted = c.round
        write(v, own.resident, r)
        call('HINCRBY', v.key .. 'g', text_of(r.area), '1')
        grant(v, 1)
        community.save(v)
        return {}
    end

    -- KEYS {slug}:c; ARGV head, resident
    act{name = 'resident_grant', read = read_one, perform = grant_one}

    local function read_leave(args)
        count_in(args, 8)
        return {resident = bytes_in(args, 6, 1, 64, 'resident'),
                round = number_in(args, 7, 0, NUMBER_MOST, 'round'),
                wallet = wallet_in(args, 8, true, 'wallet')}
    end

    -- A member who would leave in another round than the caller thinks.
    function resident.leaving_refused(v, own)
        if v.c.open ~= 1 then return nil end
        if own.round ~= v.c.round then return refuse('round_changed', 'round', v.c.round) end
        if own.wallet == '' then malformed('wallet') end
        return nil
    end

    -- The record, the money and the counts of a member who leaves; the row is the caller's.
    -- own.keep: what is held stays where it is, but without its fallbacks.
    function resident.depart(v, r, own)
        local c, fields, held, waiting = v.c, {'area', text_of(r.area)}, {}, {}
        local was_granted = c.open == 1 and resident.is_granted(v, r)
        if c.open == 1 then
            held = pledge.held_of(v, own.wallet)
            if own.keep then held = {} end
            waiting = fallback.of_wallet(v)
            pledge.leaving_fields(v, held, waiting, fields)
        end
        v.seq = log.append(v, 'resident_left', nil, fields)
        fallback.drop_all(v, waiting)
        if was_granted then
            r.granted = c.round
            wallet.ensure(v, own.wallet, r.area)
            pledge.withdraw_all(v, held)
        end
        call('HINCRBY', v.key .. 'n', text_of(r.area), '-1')
        community.save(v)
    end

    local function leave(v, own)
        local r = resident.read(v, own.resident)
        if not r or r.state ~= 'm' then return refuse('resident_unknown') end
        local no = resident.leaving_refused(v, own)
        if no then return no end
        resident.depart(v, r, own)
        r.state, r.epoch = 'l', r.epoch + 1
        write(v, own.resident, r)
        notice.forget(v, own.resident)
        offer.forget(v, own.resident)
        return {}
    end

    -- KEYS {slug}:c; ARGV head, resident, round, wallet
    act{name = 'resident_leave', read = read_leave, perform = leave, flags = {'allow-oom'}}

    -- KEYS {slug}:c; ARGV head, resident
    act{name = 'resident_sign_out', read = read_one, perform = function(v, own)
        local r = resident.read(v, own.resident)
        if not r then return refuse('resident_unknown') end
        r.epoch = r.epoch + 1
        write(v, own.resident, r)
        return {}
    end}
end
