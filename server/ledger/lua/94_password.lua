-- 94_password.lua -- a sign-in name and a password: `name`, `name_hash`, `pw` of an account.
--
-- `pw` is a PHC string; it is made and compared in C, beside the loop. `names` leads from the
-- keyed hash of a name's normal form to the account. Nothing here answers differently for a name
-- that nobody has.
do
    local TRIES_MOST = 10

    local function phc_in(args, i)
        local phc = bytes_in(args, i, 16, 256, 'phc')
        if not find(phc, '^%$argon2id%$[%w$=,+/.-]+$') then malformed('phc') end
        return phc
    end

    -- KEYS {@people}:c; ARGV head, name, name_hash, phc
    people.act{name = 'password_set', again = account.own_view, perform = function(v, own)
        local owner = call('HGET', v.key .. 'names', own.hash)
        if owner and owner ~= v.subject then return refuse('name_taken') end
        local key = v.key .. 'a:' .. v.subject
        local before = call('HGET', key, 'name_hash')
        if before and before ~= own.hash then call('HDEL', v.key .. 'names', before) end
        call('HSET', v.key .. 'names', own.hash, v.subject)
        call('HSET', key, 'name', own.name, 'name_hash', own.hash, 'pw', own.phc)
        call('HDEL', v.key .. 'tries', own.hash)
        people.note(v, v.subject, 'password-set', '')
        return account.own_view(v)
    end, read = function(args)
        count_in(args, 8)
        return {name = bytes_in(args, 6, 1, 64, 'name'),
                hash = people.hash_in(args, 7, 'name_hash'), phc = phc_in(args, 8)}
    end}

    -- KEYS {@people}:c; ARGV head, name_hash
    people.door{name = 'password_find', perform = function(v, own)
        local no = people.tried(v, own.hash, TRIES_MOST)
        if no then return no end
        local id = call('HGET', v.key .. 'names', own.hash) or ''
        local phc = call('HGET', v.key .. 'a:' .. id, 'pw') or ''
        return {'account', id, 'phc', phc}
    end, read = function(args)
        count_in(args, 6)
        return {hash = people.hash_in(args, 6, 'name_hash')}
    end}

    -- KEYS {@people}:c; ARGV head, account, name_hash, phc
    people.door{name = 'password_used', perform = function(v, own)
        local a = call('HMGET', v.key .. 'a:' .. own.account, 'name_hash', 'pw')
        if a[1] ~= own.hash or a[2] ~= own.phc then return refuse('sign_in_failed') end
        call('HDEL', v.key .. 'tries', own.hash)
        return account.let_in(v, own.account, 'password')
    end, read = function(args)
        count_in(args, 8)
        return {account = people.account_in(args, 6),
                hash = people.hash_in(args, 7, 'name_hash'), phc = phc_in(args, 8)}
    end}

    -- KEYS {@people}:c; ARGV head, account, was, phc
    people.door{name = 'password_renew', perform = function(v, own)
        local key = v.key .. 'a:' .. own.account
        if call('HGET', key, 'pw') == own.was then call('HSET', key, 'pw', own.phc) end
        return {}
    end, read = function(args)
        count_in(args, 8)
        return {account = people.account_in(args, 6), was = phc_in(args, 7), phc = phc_in(args, 8)}
    end}
end
