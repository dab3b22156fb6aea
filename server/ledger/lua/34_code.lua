-- 34_code.lua -- codes: issued, revoked, and what becomes of one that somebody types.
--
-- A row of `codes` is `<area> <o, u or r> <issued> <expires> <batch> <hash> <resident or ->
-- <used at or 0> <its use, or ->`; a use is `<key hash, hex>:<seq>:<recovered>:<granted>`, what a
-- replay of it answers. `b:<batch>` has the serials of a batch one behind the other; `code_of`
-- those of a resident, the latest first, at most 8. The contract is ../PEOPLE.md.
do
    local ROW = '^(%d+) (%l) (%d+) (%d+) (%d+) (%S+) (%S+) (%d+) (%S+)$'
    local SERIAL_SIZE, KEPT_OF_RESIDENT, ALONE_MOST, SPARE_MOST = 5, 8, 200, 10

    function code.parse(row)
        local area, state, issued, expires, batch, hash, id, used, use = match(row, ROW)
        return {area = tonumber(area), state = state, issued = issued, expires = expires,
                batch = batch, hash = hash, resident = id ~= '-' and id or nil, used = used,
                use = use}
    end

    function code.read(v, serial)
        local row = call('HGET', v.key .. 'codes', serial)
        return row and code.parse(row) or nil
    end

    local function row_of(k)
        return concat({text_of(k.area), k.state, k.issued, k.expires, k.batch, k.hash,
                       k.resident or '-', k.used, k.use}, ' ')
    end

    function code.write(v, serial, k) call('HSET', v.key .. 'codes', serial, row_of(k)) end

    function code.serial_in(args, i)
        local serial = bytes_in(args, i, SERIAL_SIZE, SERIAL_SIZE, 'serial')
        if not find(serial, '^%w+$') then malformed('serial') end
        return serial
    end

    function code.hash_in(args, i)
        local hash = bytes_in(args, i, 32, 32, 'hash')
        if not find(hash, '^[0-9a-f]+$') then malformed('hash') end
        return hash
    end

    local function serials_of(v, id)
        local list = {}
        for serial in gmatch(call('HGET', v.key .. 'code_of', id) or '', '[^,]+') do
            list[#list + 1] = serial
        end
        return list
    end

    local function keep_serials(v, id, list)
        if #list == 0 then
            call('HDEL', v.key .. 'code_of', id)
        else
            call('HSET', v.key .. 'code_of', id, concat(list, ','))
        end
    end

    -- The row is revoked and leads to nobody any more.
    local function part(v, serial)
        local k = code.read(v, serial)
        k.state, k.resident = 'r', nil
        code.write(v, serial, k)
    end

    -- The serial is the latest of this resident; `replaces`: those before it are revoked, used ones
    -- too, which would still serve on paper whoever found the old letter.
    function code.give(v, id, serial, replaces)
        local list = serials_of(v, id)
        for i = #list, 1, -1 do
            local k = code.read(v, list[i])
            if list[i] == serial then
                table.remove(list, i)
            elseif replaces and k.state ~= 'r' then
                k.state = 'r'
                code.write(v, list[i], k)
            end
        end
        table.insert(list, 1, serial)
        if #list > KEPT_OF_RESIDENT then part(v, table.remove(list)) end
        keep_serials(v, id, list)
    end

    -- All codes of a resident who is erased.
    function code.forget(v, id)
        local list = serials_of(v, id)
        for i = 1, #list do part(v, list[i]) end
        call('HDEL', v.key .. 'code_of', id)
    end

    -- An expired code keeps its serial, area and state.
    function code.fade(v, serial, k)
        if k.resident then
            local list = serials_of(v, k.resident)
            for i = #list, 1, -1 do
                if list[i] == serial then table.remove(list, i) end
            end
            keep_serials(v, k.resident, list)
        end
        k.hash, k.resident, k.use = '-', nil, '-'
        code.write(v, serial, k)
    end

    -- ---- codes_issue --------------------------------------------------------------------------

    -- The first n rows say who gets a code.
    local function read_wanted(args, at, area_most, own)
        local id = id_in(args, at + 3, true, 'resident')
        if (args[at + 2] == '') == (id == '') then malformed('area') end
        if id ~= '' then
            if own.seen[id] then malformed('resident') end
            own.seen[id], own.residents_n = true, own.residents_n + 1
        end
        local area = id == '' and number_in(args, at + 2, 0, area_most, 'area') or nil
        own.wanted[#own.wanted + 1] = {resident = id ~= '' and id or nil, area = area}
    end

    local function read_issue(args, v)
        local area_most = community.area_most(v)
        local own = approval.asked_in(args, 7)
        own.expires = number_in(args, 6, 0, NUMBER_MOST, 'expires')
        local n = number_in(args, 9, 1, 1000, 'n')
        local m = number_in(args, 10, n, n + SPARE_MOST, 'm')
        count_in(args, 10 + 4 * m)
        own.serials, own.hashes, own.wanted, own.seen, own.residents_n = {}, {}, {}, {}, 0
        for i = 1, m do
            local at = 7 + 4 * i
            local serial = code.serial_in(args, at)
            if own.seen[serial .. ' '] then malformed('serial') end
            own.seen[serial .. ' '] = true
            own.serials[i], own.hashes[i] = serial, code.hash_in(args, at + 1)
            if i <= n then read_wanted(args, at, area_most, own) end
        end
        return own
    end

    -- The areas of residents; the refusal where one is no member.
    local function place_residents(v, own)
        if own.residents_n == 0 then return nil end
        for i = 1, #own.wanted do
            local w = own.wanted[i]
            if w.resident then
                local r = resident.read(v, w.resident)
                if not r or r.state ~= 'm' then return refuse('resident_unknown') end
                w.area = r.area
            end
        end
        return nil
    end

    -- w.taken: the candidate that each one gets, its own or a spare; the refusal where too few.
    local function choose(v, own)
        local rows, n = call('HMGET', v.key .. 'codes', unpack(own.serials)), #own.wanted
        local free, spare = 0, n
        for i = 1, #own.serials do free = free + (rows[i] and 0 or 1) end
        if free < n then return refuse('serials_taken', 'free', free, 'wanted', n) end
        for i = 1, n do
            local taken = i
            if rows[i] then
                repeat spare = spare + 1 until not rows[spare]
                taken = spare
            end
            own.wanted[i].taken = taken
        end
        return nil
    end

    local function write_issued(v, own, batch)
        local rows, serials, taken = {}, {}, {}
        for i = 1, #own.wanted do
            local w = own.wanted[i]
            local serial = own.serials[w.taken]
            serials[i], taken[i] = serial, text_of(w.taken - 1)
            rows[2 * i - 1] = serial
            rows[2 * i] = row_of({area = w.area, state = 'o', issued = v.at_text,
                                  expires = text_of(own.expires), batch = batch,
                                  hash = own.hashes[w.taken], resident = w.resident,
                                  used = '0', use = '-'})
        end
        call('HSET', v.key .. 'codes', unpack(rows))
        call('SET', v.key .. 'b:' .. batch, concat(serials))
        for i = 1, #own.wanted do
            local id = own.wanted[i].resident
            if id then code.give(v, id, serials[i], true) end
        end
        return concat(taken, ',')
    end

    local function issue(v, own)
        if own.expires <= v.at then
            return refuse('expires_too_soon', 'expires', own.expires, 'now', v.at)
        end
        local no = place_residents(v, own)
        local n = #own.wanted
        no = no or (n > ALONE_MOST and approval.judge(v, 'codes_issue', own, text_of(n)))
            or choose(v, own)
        if no then return no end
        local by_area = {}
        for i = 1, n do
            local area = own.wanted[i].area
            by_area[area] = (by_area[area] or 0) + 1
        end
        v.seq = log.append(v, 'codes_issued', nil, {'issued', pairs_by_area(by_area)})
        local batch = text_of(call('HINCRBY', v.key .. 'counts', 'batch', '1'))
        for area, count in pairs(by_area) do
            call('HINCRBY', v.key .. 'issued', text_of(area), text_of(count))
        end
        local taken = write_issued(v, own, batch)
        approval.spend(v)
        community.save(v)
        return {'batch', batch, 'taken', taken}
    end

    -- KEYS {slug}:c; ARGV head, expires, person, digest, n, m, then m x (serial, hash, area or '',
    -- resident or '')
    act{name = 'codes_issue', read = read_issue, perform = issue}

    -- ---- codes_revoke -------------------------------------------------------------------------

    local function read_revoke(args)
        local own = {batch = number_in(args, 6, 0, NUMBER_MOST, 'batch'), serials = {}}
        local n = number_in(args, 7, 0, 1000, 'n')
        count_in(args, 7 + n)
        for i = 1, n do own.serials[i] = code.serial_in(args, 7 + i) end
        if own.batch == 0 and n == 0 then malformed('batch') end
        return own
    end

    local function revoke(v, own)
        local revoked = 0
        local batch = own.batch > 0 and call('GET', v.key .. 'b:' .. text_of(own.batch)) or ''
        for at = 1, #batch, SERIAL_SIZE do
            own.serials[#own.serials + 1] = sub(batch, at, at + SERIAL_SIZE - 1)
        end
        for i = 1, #own.serials do
            local k = code.read(v, own.serials[i])
            if k and k.state == 'o' then
                k.state = 'r'
                code.write(v, own.serials[i], k)
                revoked = revoked + 1
            end
        end
        journal.add(v, 'revoked', '', '', text_of(own.batch), text_of(revoked))
        return {'revoked', text_of(revoked), 'more', '0'}
    end

    -- KEYS {slug}:c; ARGV head, batch (0: none), n, then n x serial
    act{name = 'codes_revoke', read = read_revoke, perform = revoke, flags = {'allow-oom'}}
end
