-- 98_view_people.lua -- readers of accounts and organisations, and clearing away what is old.
--
-- FCALL_RO <reader>_<hash> 1 {@people}:c and the head of an act. Names are those of the tables of
-- ledger/accounts.h, ways_in.h, orgs.h. No hash and no public key is in any answer here; that of
-- a program's key alone is, for who must compare it.
do
    local function read_none(args) count_in(args, 5) return {} end

    local function read_account(args)
        count_in(args, 6)
        return {account = people.account_in(args, 6)}
    end

    local function read_org(args)
        count_in(args, 6)
        return {org = word_in(args, 6, false, 'org')}
    end

    local function answered(v, more)
        local ok = {'at', v.at_text, 'replayed', '0'}
        for i = 1, #more do ok[#ok + 1] = more[i] end
        return ok
    end

    local function ok_of(v, more)
        local ok = answered(v, more)
        table.insert(ok, 1, 'ok')
        return ok
    end

    -- KEYS {@people}:c; ARGV head, account
    people.reader{name = 'account_get', read = read_account, look = function(v, own)
        if not account.exists(v, own.account) then return refuse('account_unknown') end
        return ok_of(v, account.view(v, own.account))
    end}

    local function add_passkeys(v, list)
        local a = account.read(v, v.subject)
        for _, n in ipairs(passkey.numbers_of(a)) do
            local p = passkey.parse(a['pk:' .. text_of(n)])
            list[#list + 1] = {'n', text_of(n), 'credential', p.id, 'alg', p.alg,
                               'count', p.count, 'flags', p.flags, 'created', p.created,
                               'used', p.used, 'label', p.label}
        end
        return list
    end

    -- KEYS {@people}:c; ARGV head
    people.reader{name = 'passkeys', own = true, read = read_none, look = function(v)
        return add_passkeys(v, {'ok', {'next', '0'}})
    end}

    -- KEYS {@people}:c; ARGV head
    people.reader{name = 'account_export', own = true, read = read_none, look = function(v)
        return add_passkeys(v, {'ok', answered(v, account.own_view(v))})
    end}

    -- KEYS {@people}:c; ARGV head
    people.reader{name = 'account_events', own = true, read = read_none, look = function(v)
        local list = {'ok', {'next', '0'}}
        for i, event in ipairs(call('LRANGE', v.key .. 'j:' .. v.subject, '0', '-1')) do
            local at, kind, detail = match(event, '^(%d+) (%S+) (.*)$')
            list[i + 2] = {'at', at, 'kind', kind, 'detail', detail}
        end
        return list
    end}

    -- KEYS {@people}:c; ARGV head, after (an id, or ''), limit
    people.reader{name = 'people_journal', look = function(v, own)
        local from = own.after == '' and '-' or '(' .. own.after
        local list = {'ok', {'next', '0'}}
        local entries = call('XRANGE', v.key .. 'journal', from, '+', 'COUNT', text_of(own.limit))
        for i, entry in ipairs(entries) do
            list[i + 2] = {'id', entry[1], unpack(entry[2])}
        end
        return list
    end, read = function(args)
        count_in(args, 7)
        local after = bytes_in(args, 6, 0, 40, 'after')
        if after ~= '' and not find(after, '^%d+%-%d+$') then malformed('after') end
        return {after = after, limit = number_in(args, 7, 1, 1000, 'limit')}
    end}

    -- ---- organisations -----------------------------------------------------------------------

    -- KEYS {@people}:c; ARGV head, org
    people.reader{name = 'org_get', read = read_org, look = function(v, own)
        local o = org.read(v, own.org)
        if not o then return refuse('org_unknown') end
        local ok = org.view(v, own.org, o)
        table.insert(ok, 1, 'ok')
        return ok
    end}

    -- KEYS {@people}:c; ARGV head, after (a word, or ''), limit
    people.reader{name = 'orgs', look = function(v, own)
        local from = own.after == '' and '-' or '(' .. own.after
        local ids = call('ZRANGEBYLEX', v.key .. 'orgs', from, '+', 'LIMIT', '0',
                         text_of(own.limit))
        local list = {'ok', {'next', '0'}}
        for i = 1, #ids do list[i + 2] = org.view(v, ids[i], org.read(v, ids[i])) end
        return list
    end, read = function(args)
        count_in(args, 7)
        return {after = word_in(args, 6, true, 'after'),
                limit = number_in(args, 7, 1, 100, 'limit')}
    end}

    -- One item for each field that begins with `prefix`, in the order of their names.
    local function items_of(v, own, prefix, item)
        local o, names = org.read(v, own.org), {}
        if not o then return refuse('org_unknown') end
        for name in pairs(o) do
            if sub(name, 1, 2) == prefix then names[#names + 1] = name end
        end
        table.sort(names)
        local list = {'ok', {'next', '0'}}
        for i = 1, #names do list[i + 2] = item(sub(names[i], 3), o[names[i]]) end
        return list
    end

    -- KEYS {@people}:c; ARGV head, org
    people.reader{name = 'org_members', read = read_org, look = function(v, own)
        return items_of(v, own, 'm:', function(id, row)
            local since, hats = match(row, '^(%d+) (.*)$')
            return {'account', id, 'hats', hats, 'since', since}
        end)
    end}

    local function key_item(id, key_id, k)
        return {'org', id, 'id', key_id, 'role', k.role, 'scope', k.scope, 'subject', k.subject,
                'label', k.label, 'created', k.created, 'expires', text_of(k.expires)}
    end

    -- KEYS {@people}:c; ARGV head, org
    people.reader{name = 'org_keys', read = read_org, look = function(v, own)
        return items_of(v, own, 'g:', function(key_id, row)
            return key_item(own.org, key_id, org.parse_key(row))
        end)
    end}

    -- KEYS {@people}:c; ARGV head, id
    people.reader{name = 'org_key_find', look = function(v, own)
        local id = call('HGET', v.key .. 'keys', own.id)
        local row = id and call('HGET', v.key .. 'o:' .. id, 'g:' .. own.id)
        local k = row and org.parse_key(row)
        if not k or k.expires <= v.at then return refuse('org_key_unknown') end
        return {'ok', 'digest', k.digest, unpack(key_item(id, own.id, k))}
    end, read = function(args)
        count_in(args, 6)
        return {id = people.hash_in(args, 6, 'id')}
    end}

    -- ---- clearing away -----------------------------------------------------------------------

    local function forget_journal(v, before)
        local last = text_of(max(before, 1) - 1)
        local entries = call('XRANGE', v.key .. 'journal', '-', last, 'COUNT', '1000')
        for i = 1, #entries do entries[i] = entries[i][1] end
        if #entries > 0 then call('XDEL', v.key .. 'journal', unpack(entries)) end
        return #entries, #entries == 1000
    end

    -- KEYS {@people}:c; ARGV head, before_ms
    people.door{name = 'accounts_purge', flags = people.taking, perform = function(v, own)
        local events, more_events = forget_journal(v, own.before)
        local ended, more_ended = people.forget_ended(v, 1000)
        local tries, more_tries = people.forget_tries(v, 1000)
        local more = more_events or more_ended or more_tries
        return {'purged', text_of(events + ended + tries), 'more', more and '1' or '0'}
    end, read = function(args)
        count_in(args, 6)
        return {before = number_in(args, 6, 0, NUMBER_MOST, 'before_ms')}
    end}
end
