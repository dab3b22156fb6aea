-- 35_redeem.lua -- a code is typed: it makes a resident, binds an account, or stands for paper.
--
-- Redeeming asks nobody's epoch and no ring of keys: who comes has no account yet. The code's own
-- row remembers the request that used it, so that the same request again is answered the same.
do
    local function typed_in(args)
        local address = args[8] or ''
        if address ~= '' and (#address ~= 11 or not find(address, '^[%w_-]+$')) then
            malformed('address')
        end
        return {serial = code.serial_in(args, 6), hash = code.hash_in(args, 7), address = address}
    end

    -- The refusal, or nil and the code's row. An unknown serial and a wrong secret look the same.
    local function judge(v, own)
        local no = tries.refused(v, own.serial, own.address)
        if no then return no end
        local k = code.read(v, own.serial)
        if not k or k.hash ~= own.hash then
            tries.count(v, own.serial, own.address, k ~= nil)
            return refuse('code_wrong')
        end
        if k.state == 'r' then return refuse('code_revoked') end
        return nil, k
    end

    -- Behind the question whether it was used; the last thing that is asked of the code itself.
    local function usable(v, k, id)
        local expires = tonumber(k.expires)
        if expires <= v.at then return refuse('code_expired', 'expired', expires) end
        return entry.refused(v, id)
    end

    local function describe(v, id, granted)
        local r = resident.read(v, id)
        if not granted then
            granted = v.c.open == 1 and resident.is_granted(v, r) and '1' or '0'
        end
        return {'resident', id, 'area', text_of(r.area), 'epoch', text_of(r.epoch),
                'granted', granted}
    end

    local function with_account(ok, account, recovered)
        ok[9], ok[10], ok[11], ok[12] = 'account', account, 'recovered', recovered
        return ok
    end

    local function hex(bytes)
        return (string.gsub(bytes, '.', function(c) return format('%02x', byte(c)) end))
    end

    -- It was used: by this very request, or by another.
    local function again(v, k)
        local key, seq, recovered, granted = match(k.use, '^(%x+):(%d+):(%d):(%d)$')
        if key ~= hex(v.key_hash) then return refuse('code_used') end
        v.seq, v.replayed = tonumber(seq), true
        local account = call('HGET', v.key .. 'accounts', k.resident) or ''
        return with_account(describe(v, k.resident, granted), account, recovered)
    end

    -- Whose account is to be the resident's: the refusal, or nil, the account, whether it was
    -- there before.
    local function account_of(v, own, id, k)
        local theirs = call('HGET', v.key .. 'accounts', id)
        if theirs and theirs ~= own.account then
            if v.subject ~= 'code' then return refuse('code_of_another') end
            return nil, theirs, '1'
        end
        local other = call('HGET', v.key .. 'members', own.account)
        if other and other ~= id then
            entry.to_review(v, 'second_code', id, other, k.area, '')
            return refuse('member_already')
        end
        return nil, own.account, '0'
    end

    local function enlist(v, id, k)
        resident.enlist(v, resident.enrol(v, {ids = {id}, areas = {k.area}}))
    end

    local function write_use(v, own, k, id, ok)
        k.state, k.used, k.resident = 'u', v.at_text, id
        k.use = concat({hex(v.key_hash), text_of(v.seq), ok[12], ok[8]}, ':')
        code.write(v, own.serial, k)
        code.give(v, id, own.serial, false)
        call('HSET', v.key .. 'accounts', id, ok[10])
        call('HSET', v.key .. 'members', ok[10], id)
        call('HINCRBY', v.key .. 'redeemed', text_of(k.area), '1')
        tries.clear(v, own.serial)
        journal.add(v, 'redeemed', text_of(k.area), own.address, own.serial, k.issued)
    end

    local function redeem(v, own)
        local no, k = judge(v, own)
        if no then return no end
        if k.state == 'u' then return again(v, k) end
        local id, account, recovered = k.resident or own.if_none, nil, nil
        no = usable(v, k, id)
        if no then return no end
        no, account, recovered = account_of(v, own, id, k)
        if no then return no end
        enlist(v, id, k)
        local seq = log.append(v, 'code_redeemed', nil, {'area', text_of(k.area)})
        v.seq = v.seq or seq
        local ok = with_account(describe(v, id), account, recovered)
        write_use(v, own, k, id, ok)
        community.save(v)
        return ok
    end

    -- KEYS {slug}:c; ARGV head (subject: an account, or `code`), serial, hash, address, account,
    -- resident if the code is nobody's yet
    act{name = 'code_redeem', unjudged = true, perform = redeem, read = function(args, v)
        count_in(args, 10)
        local own = typed_in(args)
        own.account = id_in(args, 9, false, 'account')
        own.if_none = id_in(args, 10, false, 'resident')
        if v.key_hash == '' then malformed('key_hash') end
        if v.subject ~= 'code' and v.subject ~= own.account then malformed('account') end
        return own
    end}

    local function use(v, own)
        local no, k = judge(v, own)
        if no then return no end
        local id = k.resident or own.if_none
        no = usable(v, k, id)
        if no then return no end
        enlist(v, id, k)
        if not k.resident then
            k.resident = id
            code.write(v, own.serial, k)
            code.give(v, id, own.serial, false)
        end
        tries.clear(v, own.serial)
        journal.add(v, 'used', text_of(k.area), own.address, own.serial, v.subject)
        return describe(v, id)
    end

    -- KEYS {slug}:c; ARGV head (no key), serial, hash, address, resident if it is nobody's yet
    act{name = 'code_use', perform = use, read = function(args, v)
        count_in(args, 9)
        local own = typed_in(args)
        own.if_none = id_in(args, 9, false, 'resident')
        if v.key_hash ~= '' then malformed('key_hash') end
        return own
    end}
end
