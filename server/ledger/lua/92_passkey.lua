-- 92_passkey.lua -- challenges, and the passkeys of an account: `pk:<n>` in its hash.
--
-- A row is `<hash of its id> <id> <alg> <public key> <count> <created> <used> <flags> <label>`;
-- `creds` leads from the hash to `<account> <n>`. What was signed is verified in C, between find
-- and used. Numbers are not used again: pk_n only grows.
do
    local PASSKEYS_MOST, CHALLENGE_MS = 10, 300000

    function passkey.parse(row)
        local hash, id, alg, key, count, created, used, flags, label =
            match(row, '^(%S+) (%S+) (%S+) (%S+) (%d+) (%d+) (%d+) (%d+) (.*)$')
        return {hash = hash, id = id, alg = alg, key = key, count = count, created = created,
                used = used, flags = flags, label = label}
    end

    local function row_of(p)
        return concat({p.hash, p.id, p.alg, p.key, p.count, p.created, p.used, p.flags, p.label},
                      ' ')
    end

    local function read_one(v, id, n)
        local row = call('HGET', v.key .. 'a:' .. id, 'pk:' .. text_of(n))
        return row and passkey.parse(row) or nil
    end

    local function write(v, id, n, p)
        call('HSET', v.key .. 'a:' .. id, 'pk:' .. text_of(n), row_of(p))
    end

    local function numbers_of(a)
        local numbers = {}
        for name in pairs(a) do
            local n = match(name, '^pk:(%d+)$')
            if n then numbers[#numbers + 1] = tonumber(n) end
        end
        table.sort(numbers)
        return numbers
    end
    passkey.numbers_of = numbers_of

    local function number_arg(args, i) return number_in(args, i, 0, NUMBER_MOST, 'n') end

    -- ---- challenges --------------------------------------------------------------------------

    -- KEYS {@people}:c; ARGV head, hash, purpose, account
    people.door{name = 'challenge_new', perform = function(v, own)
        local owner = own.account ~= '' and v.key .. 'a:' .. own.account or nil
        if owner and not account.exists(v, own.account) then return refuse('account_unknown') end
        local whose = owner and own.account or '-'
        people.offer(v, owner, 'ch', own.hash, own.purpose .. ' ' .. whose, CHALLENGE_MS)
        return {}
    end, read = function(args)
        count_in(args, 8)
        return {hash = people.hash_in(args, 6, 'hash'),
                purpose = word_in(args, 7, false, 'purpose'),
                account = people.account_in(args, 8, true)}
    end}

    -- Once, and only for what it was made for.
    local function consume(v, hash, purpose, id)
        local key = v.key .. 'ch:' .. hash
        if call('GET', key) ~= purpose .. ' ' .. (id ~= '' and id or '-') then return false end
        return call('DEL', key) == 1
    end

    -- ---- adding and using --------------------------------------------------------------------

    local function read_add(args)
        count_in(args, 13)
        local own = {challenge = people.hash_in(args, 6, 'challenge'),
                     hash = people.hash_in(args, 7, 'credential_hash'),
                     id = people.base64_in(args, 8, 1400, 'credential'),
                     alg = bytes_in(args, 9, 1, 6, 'alg'),
                     key = people.base64_in(args, 10, 2048, 'key'),
                     count = text_of(number_in(args, 11, 0, NUMBER_MOST, 'count')),
                     flags = text_of(number_in(args, 12, 0, 255, 'flags')),
                     label = bytes_in(args, 13, 1, 256, 'label')}
        if not find(own.alg, '^-?%d+$') then malformed('alg') end
        return own
    end

    -- KEYS {@people}:c; ARGV head, challenge, credential_hash, credential, alg, key, count, flags,
    -- label
    people.act{name = 'passkey_add', object = 'n', read = read_add, perform = function(v, own)
        if not consume(v, own.challenge, 'add', v.subject) then
            return refuse('challenge_unknown')
        end
        if call('HEXISTS', v.key .. 'creds', own.hash) == 1 then return refuse('passkey_known') end
        local a = account.read(v, v.subject)
        if #numbers_of(a) >= PASSKEYS_MOST then
            return refuse('passkeys_too_many', 'most', PASSKEYS_MOST)
        end
        v.number = tonumber(a.pk_n) + 1
        own.created, own.used = v.at_text, v.at_text
        write(v, v.subject, v.number, own)
        call('HSET', v.key .. 'a:' .. v.subject, 'pk_n', text_of(v.number))
        call('HSET', v.key .. 'creds', own.hash, v.subject .. ' ' .. text_of(v.number))
        people.note(v, v.subject, 'passkey-added', text_of(v.number))
        return {}
    end}

    -- KEYS {@people}:c; ARGV head, challenge, purpose, account, credential_hash
    people.door{name = 'passkey_find', perform = function(v, own)
        if not consume(v, own.challenge, own.purpose, own.account) then
            return refuse('challenge_unknown')
        end
        local cred = call('HGET', v.key .. 'creds', own.hash)
        local id, n = match(cred or '', '^(%S+) (%d+)$')
        if not id or (own.account ~= '' and own.account ~= id) then
            return refuse('sign_in_failed')
        end
        local p = read_one(v, id, tonumber(n))
        return {'account', id, 'n', n, 'alg', p.alg, 'key', p.key, 'count', p.count,
                'flags', p.flags}
    end, read = function(args)
        count_in(args, 9)
        return {challenge = people.hash_in(args, 6, 'challenge'),
                purpose = word_in(args, 7, false, 'purpose'),
                account = people.account_in(args, 8, true),
                hash = people.hash_in(args, 9, 'credential_hash')}
    end}

    -- KEYS {@people}:c; ARGV head, account, n, count
    people.door{name = 'passkey_used', perform = function(v, own)
        local p = read_one(v, own.account, own.n)
        if not p then return refuse('sign_in_failed') end
        local kept = tonumber(p.count)
        if own.count <= kept and (own.count > 0 or kept > 0) then
            people.note(v, own.account, 'passkey-count', text_of(own.n))
            return refuse('sign_in_failed')
        end
        p.count, p.used = text_of(own.count), v.at_text
        write(v, own.account, own.n, p)
        return account.let_in(v, own.account, 'passkey')
    end, read = function(args)
        count_in(args, 8)
        return {account = people.account_in(args, 6), n = number_arg(args, 7),
                count = number_in(args, 8, 0, NUMBER_MOST, 'count')}
    end}

    -- ---- keeping -----------------------------------------------------------------------------

    -- KEYS {@people}:c; ARGV head, n, label
    people.act{name = 'passkey_label', object = 'n', perform = function(v, own)
        local p = read_one(v, v.subject, own.n)
        if not p then return refuse('passkey_unknown') end
        p.label, v.number = own.label, own.n
        write(v, v.subject, own.n, p)
        return {}
    end, read = function(args)
        count_in(args, 7)
        return {n = number_arg(args, 6), label = bytes_in(args, 7, 1, 256, 'label')}
    end}

    -- KEYS {@people}:c; ARGV head, n
    people.act{name = 'passkey_remove', flags = people.taking, object = 'n',
               perform = function(v, own)
        local a = account.read(v, v.subject)
        local row = a['pk:' .. text_of(own.n)]
        if not row then return refuse('passkey_unknown') end
        if #numbers_of(a) == 1 and not a.pw and a.mail_ok ~= '1' then
            return refuse('last_way_in')
        end
        v.number = own.n
        call('HDEL', v.key .. 'creds', passkey.parse(row).hash)
        call('HDEL', v.key .. 'a:' .. v.subject, 'pk:' .. text_of(own.n))
        people.note(v, v.subject, 'passkey-removed', text_of(own.n))
        return {}
    end, read = function(args)
        count_in(args, 6)
        return {n = number_arg(args, 6)}
    end}
end
