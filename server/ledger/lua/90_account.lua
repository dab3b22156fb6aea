-- 90_account.lua -- a person's account, `a:<account>`: its hats, its sessions' end, its own end.
--
-- Fields: number created last epoch hats lang name name_hash pw mail mail_hash mail_ok orgs pk_n
-- pk:<n>, offered_ch, offered_link (see people.offer). What is not there is not a field. An epoch
-- grows with everything that ends the account's sessions, so that acts of an old one are refused
-- here; who only reads is told by `ended`.
do
    local HATS_MOST = 8

    function account.read(v, id)
        local flat = call('HGETALL', v.key .. 'a:' .. id)
        if #flat == 0 then return nil end
        local a = {}
        for i = 1, #flat, 2 do a[flat[i]] = flat[i + 1] end
        return a
    end

    function account.exists(v, id) return call('EXISTS', v.key .. 'a:' .. id) == 1 end

    -- Lists are joined by ','.
    function account.listed(list)
        local items = {}
        for item in gmatch(list or '', '[^,]+') do items[#items + 1] = item end
        return items
    end

    local function has(items, wanted)
        for i = 1, #items do
            if items[i] == wanted then return true end
        end
        return false
    end

    -- The list with one more; nil and a refusal where that is too many.
    function account.with_hats(a, more)
        local hats = account.listed(a.hats)
        for i = 1, #more do
            if not has(hats, more[i]) then hats[#hats + 1] = more[i] end
        end
        if #hats > HATS_MOST then return nil, refuse('hats_too_many', 'most', HATS_MOST) end
        return concat(hats, ',')
    end

    function account.without(list, gone)
        local kept = {}
        for _, item in ipairs(account.listed(list)) do
            if not has(gone, item) then kept[#kept + 1] = item end
        end
        return concat(kept, ',')
    end

    -- Names and values of struct account_view.
    function account.view(v, id)
        local a, passkeys = account.read(v, id), 0
        for name in pairs(a) do
            if find(name, '^pk:') then passkeys = passkeys + 1 end
        end
        return {'account', id, 'epoch', a.epoch, 'hats', a.hats, 'lang', a.lang or '',
                'name', a.name or '', 'mail', a.mail or '', 'mail_ok', a.mail_ok or '0',
                'passkeys', text_of(passkeys), 'has_password', a.pw and '1' or '0',
                'created', a.created, 'last', a.last}
    end

    function account.own_view(v) return account.view(v, v.subject) end

    -- Somebody was let in: a session may begin.
    function account.let_in(v, id, way)
        call('HSET', v.key .. 'a:' .. id, 'last', v.at_text)
        people.note(v, id, 'signed-in', way)
        return account.view(v, id)
    end

    function account.end_sessions(v, id, until_s)
        local epoch = tonumber(call('HGET', v.key .. 'a:' .. id, 'epoch')) + 1
        people.ended(v, 'a', id, epoch, until_s)
        call('HSET', v.key .. 'a:' .. id, 'epoch', text_of(epoch))
    end

    local function read_open(args)
        if #args > 6 + HATS_MOST then malformed('hats') end
        local own = {account = people.account_in(args, 6), hats = {}}
        for i = 7, #args do own.hats[i - 6] = people.hat_in(args, i) end
        return own
    end

    -- KEYS {@people}:c; ARGV head, account, hat ...
    people.door{name = 'account_open', read = read_open, perform = function(v, own)
        local key, a = v.key .. 'a:' .. own.account, account.read(v, own.account)
        local hats, no = account.with_hats(a or {}, own.hats)
        if no then return no end
        if a then
            call('HSET', key, 'hats', hats)
        else
            local number = call('HINCRBY', v.key .. 'c', 'account_n', '1')
            call('HSET', key, 'number', text_of(number), 'created', v.at_text, 'epoch', '0',
                 'pk_n', '0', 'hats', hats)
            people.note(v, own.account, 'opened', '')
        end
        local more = account.let_in(v, own.account, 'code')
        more[#more + 1], more[#more + 2] = 'made', a and '0' or '1'
        return more
    end}

    local function read_hat_remove(args)
        count_in(args, 8)
        return {account = people.account_in(args, 6), hat = people.hat_in(args, 7),
                until_s = people.until_in(args, 8)}
    end

    -- KEYS {@people}:c; ARGV head, account, hat, until_s
    people.door{name = 'hat_remove', flags = people.taking, read = read_hat_remove,
                perform = function(v, own)
        local a = account.read(v, own.account)
        if not a then return refuse('account_unknown') end
        if has(account.listed(a.hats), own.hat) then
            account.end_sessions(v, own.account, own.until_s)
            call('HSET', v.key .. 'a:' .. own.account, 'hats', account.without(a.hats, {own.hat}))
            people.note(v, own.account, 'hat-removed', match(own.hat, '^[^:]+'))
        end
        return account.view(v, own.account)
    end}

    -- KEYS {@people}:c; ARGV head, lang
    people.act{name = 'profile_set', again = account.own_view, perform = function(v, own)
        call('HSET', v.key .. 'a:' .. v.subject, 'lang', own.lang)
        return account.own_view(v)
    end, read = function(args)
        count_in(args, 6)
        local lang = bytes_in(args, 6, 0, 35, 'lang')
        if not find(lang, '^[%w-]*$') then malformed('lang') end
        return {lang = lang}
    end}

    -- KEYS {@people}:c; ARGV head, session, until_s
    people.act{name = 'sign_out', flags = people.taking, perform = function(v, own)
        people.ended(v, 's', own.session, 0, own.until_s)
        people.note(v, v.subject, 'signed-out', '')
        return {}
    end, read = function(args)
        count_in(args, 7)
        return {session = people.hash_in(args, 6, 'session'), until_s = people.until_in(args, 7)}
    end}

    local function read_until(args)
        count_in(args, 6)
        return {until_s = people.until_in(args, 6)}
    end

    -- KEYS {@people}:c; ARGV head, until_s
    people.act{name = 'sign_out_everywhere', flags = people.taking, read = read_until,
               perform = function(v, own)
        account.end_sessions(v, v.subject, own.until_s)
        people.note(v, v.subject, 'signed-out', 'everywhere')
        return account.own_view(v)
    end}

    -- Out of every index; only what is still theirs.
    local function forget(v, id, a)
        local key = v.key
        if a.name_hash then
            call('HDEL', key .. 'names', a.name_hash)
            call('HDEL', key .. 'tries', a.name_hash)
        end
        if a.mail_hash then
            call('HDEL', key .. 'mails', a.mail_hash)
            call('HDEL', key .. 'tries', a.mail_hash)
        end
        for name, row in pairs(a) do
            if find(name, '^pk:') then call('HDEL', key .. 'creds', match(row, '^%S+')) end
        end
        for _, one in ipairs(account.listed(a.orgs)) do
            call('HDEL', key .. 'o:' .. one, 'm:' .. id)
        end
        people.take_back(a)
        call('DEL', key .. 'a:' .. id, key .. 'j:' .. id, key .. 'k:' .. id)
    end

    local function erase(v, id, a, until_s)
        people.ended(v, 'a', id, tonumber(a.epoch) + 1, until_s)
        forget(v, id, a)
        people.note(v, nil, 'erased', '')
    end

    -- KEYS {@people}:c; ARGV head, until_s
    people.act{name = 'account_erase', flags = people.taking, read = read_until,
               perform = function(v, own)
        erase(v, v.subject, account.read(v, v.subject), own.until_s)
        v.key_hash = '' -- nothing is remembered of them, this neither
        return {}
    end}

    -- Of a backup that was older than the erasure. KEYS {@people}:c; ARGV head, account, until_s
    people.door{name = 'account_forget', flags = people.taking, perform = function(v, own)
        local a = account.read(v, own.account)
        if a then erase(v, own.account, a, own.until_s) end
        return {'known', a and '1' or '0'}
    end, read = function(args)
        count_in(args, 7)
        return {account = people.account_in(args, 6), until_s = people.until_in(args, 7)}
    end}
end
