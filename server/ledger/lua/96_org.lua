-- 96_org.lua -- organisations, `o:<org>`: who they are, their members, their programs' keys.
--
-- Fields: kind title scope created, `m:<account>` -> `<since> <hat>,...` (the hats that it gave),
-- `g:<key id>` -> `<digest> <role> <scope or -> <subject or -> <created> <expires> <label>`,
-- offered_invite. `orgs` is the index, `keys` leads from a key's id to its organisation. Who may do
-- this for an organisation was judged before the call.
do
    local MEMBERS_MOST, KEYS_MOST, INVITATION_MS = 256, 64, 7 * DAY_MS
    local KINDS = {trust = true, body = true, provider = true, operator = true}

    local function key_of(v, id) return v.key .. 'o:' .. id end
    local function exists(v, id) return call('EXISTS', key_of(v, id)) == 1 end

    function org.read(v, id)
        local flat, o = call('HGETALL', key_of(v, id)), {}
        if #flat == 0 then return nil end
        for i = 1, #flat, 2 do o[flat[i]] = flat[i + 1] end
        return o
    end

    local function count_of(o, prefix)
        local n = 0
        for name in pairs(o) do
            if sub(name, 1, 2) == prefix then n = n + 1 end
        end
        return n
    end

    function org.parse_key(row)
        local digest, role, scope, subject, created, expires, label =
            match(row, '^(%S+) (%S+) (%S+) (%S+) (%d+) (%d+) (.*)$')
        return {digest = digest, role = role, scope = scope ~= '-' and scope or '',
                subject = subject ~= '-' and subject or '', created = created,
                expires = tonumber(expires), label = label}
    end

    local function org_in(args, i) return word_in(args, i, false, 'org') end

    local function scope_in(args, i)
        local scope = bytes_in(args, i, 0, 40, 'scope')
        if not find(scope, '^[a-z0-9*-]*$') then malformed('scope') end
        return scope
    end

    local function subject_in(args, i)
        local subject = bytes_in(args, i, 0, 40, 'subject')
        if not find(subject, '^[%w_-]*$') then malformed('subject') end
        return subject
    end

    -- KEYS {@people}:c; ARGV head, org, kind, title, scope
    people.act{name = 'org_create', actors = true, perform = function(v, own)
        if exists(v, own.org) then return refuse('org_exists') end
        call('HSET', key_of(v, own.org), 'kind', own.kind, 'title', own.title, 'scope', own.scope,
             'created', v.at_text)
        call('ZADD', v.key .. 'orgs', '0', own.org)
        people.note(v, v.subject, 'org-created', own.org)
        return {}
    end, read = function(args)
        count_in(args, 9)
        if not KINDS[args[7] or ''] then malformed('kind') end
        return {org = org_in(args, 6), kind = args[7], title = bytes_in(args, 8, 1, 400, 'title'),
                scope = scope_in(args, 9)}
    end}

    -- ---- members -----------------------------------------------------------------------------

    local function read_invite(args)
        count_in(args, 10)
        local role = word_in(args, 7, false, 'role')
        return {org = org_in(args, 6), link = people.hash_in(args, 10, 'link'),
                hat = concat({role, scope_in(args, 8), subject_in(args, 9)}, ':')}
    end

    -- KEYS {@people}:c; ARGV head, org, role, scope, subject, link
    people.act{name = 'org_invite', actors = true, read = read_invite, perform = function(v, own)
        if not exists(v, own.org) then return refuse('org_unknown') end
        local by = people.is_account(v.subject) and v.subject or '-'
        people.offer(v, key_of(v, own.org), 'invite', own.link,
                     concat({'invite', by, own.org, own.hat}, ' '), INVITATION_MS)
        people.note(v, v.subject, 'invited', own.org)
        return {}
    end}

    local function join(v, id, hat)
        local row = call('HGET', key_of(v, id), 'm:' .. v.subject) or v.at_text .. ' '
        local since, hats = match(row, '^(%d+) (.*)$')
        if hats ~= '' then hats = account.without(hats, {hat}) end
        hats = hats == '' and hat or hats .. ',' .. hat
        call('HSET', key_of(v, id), 'm:' .. v.subject, since .. ' ' .. hats)
    end

    -- KEYS {@people}:c; ARGV head, link
    people.act{name = 'invite_accept', again = account.own_view, perform = function(v, own)
        local value = call('GET', v.key .. 'link:' .. own.link) or ''
        local id, hat = match(value, '^invite %S+ (%S+) (%S+)$')
        local o, a = id and org.read(v, id), account.read(v, v.subject)
        if not o then return refuse('link_unknown') end
        local hats, no = account.with_hats(a, {hat})
        if no then return no end
        if not o['m:' .. v.subject] and count_of(o, 'm:') >= MEMBERS_MOST then
            return refuse('members_too_many', 'most', MEMBERS_MOST)
        end
        call('DEL', v.key .. 'link:' .. own.link)
        join(v, id, hat)
        local orgs = account.without(a.orgs, {id})
        orgs = orgs == '' and id or orgs .. ',' .. id
        call('HSET', v.key .. 'a:' .. v.subject, 'hats', hats, 'orgs', orgs)
        people.note(v, v.subject, 'joined', id)
        return account.own_view(v)
    end, read = function(args)
        count_in(args, 6)
        return {link = people.hash_in(args, 6, 'link')}
    end}

    -- Else who was removed comes in again by a link that they made before.
    local function take_back_invitations(v, id, by)
        local offered = call('HGET', key_of(v, id), 'offered_invite') or ''
        for hash in gmatch(offered, '%S+') do
            local key = v.key .. 'link:' .. hash
            if match(call('GET', key) or '', '^invite (%S+)') == by then call('DEL', key) end
        end
    end

    -- KEYS {@people}:c; ARGV head, org, account, until_s
    people.act{name = 'org_member_remove', flags = people.taking, actors = true,
               perform = function(v, own)
        if not exists(v, own.org) then return refuse('org_unknown') end
        local row = call('HGET', key_of(v, own.org), 'm:' .. own.account)
        if not row then return refuse('member_unknown') end
        local key, a = v.key .. 'a:' .. own.account, account.read(v, own.account)
        account.end_sessions(v, own.account, own.until_s)
        local gone = account.listed(match(row, '^%d+ (.*)$'))
        call('HDEL', key_of(v, own.org), 'm:' .. own.account)
        take_back_invitations(v, own.org, own.account)
        call('HSET', key, 'hats', account.without(a.hats, gone),
             'orgs', account.without(a.orgs, {own.org}))
        people.note(v, v.subject, 'member-removed', own.org)
        people.note(v, own.account, 'left', own.org)
        return {}
    end, read = function(args)
        count_in(args, 8)
        return {org = org_in(args, 6), account = people.account_in(args, 7),
                until_s = people.until_in(args, 8)}
    end}

    -- ---- keys --------------------------------------------------------------------------------

    local function read_key_add(args)
        count_in(args, 13)
        local own = {org = org_in(args, 6), id = people.hash_in(args, 7, 'id'),
                     digest = people.hash_in(args, 8, 'digest'),
                     role = word_in(args, 9, false, 'role'), scope = scope_in(args, 10),
                     subject = subject_in(args, 11),
                     expires = number_in(args, 12, 0, NUMBER_MOST, 'expires'),
                     label = bytes_in(args, 13, 1, 256, 'label')}
        return own
    end

    local function drop(v, id, key_id)
        call('HDEL', key_of(v, id), 'g:' .. key_id)
        call('HDEL', v.key .. 'keys', key_id)
    end

    -- How many keys are still good, and the ids of those that are not.
    local function keys_judge(v, o)
        local good, over = 0, {}
        for name, row in pairs(o) do
            if sub(name, 1, 2) == 'g:' then
                if org.parse_key(row).expires > v.at then
                    good = good + 1
                else
                    over[#over + 1] = sub(name, 3)
                end
            end
        end
        return good, over
    end

    function org.view(v, id, o)
        return {'org', id, 'kind', o.kind, 'title', o.title, 'scope', o.scope,
                'created', o.created, 'members', text_of(count_of(o, 'm:')),
                'keys', text_of((keys_judge(v, o)))}
    end

    -- KEYS {@people}:c; ARGV head, org, id, digest, role, scope, subject, expires, label
    people.act{name = 'org_key_add', actors = true, read = read_key_add, perform = function(v, own)
        local o = org.read(v, own.org)
        if not o then return refuse('org_unknown') end
        if call('HEXISTS', v.key .. 'keys', own.id) == 1 then malformed('id') end
        if own.expires <= v.at then
            return refuse('org_key_expired', 'expires', own.expires, 'now', v.at)
        end
        local good, over = keys_judge(v, o)
        if good >= KEYS_MOST then return refuse('org_keys_too_many', 'most', KEYS_MOST) end
        for i = 1, #over do drop(v, own.org, over[i]) end
        call('HSET', key_of(v, own.org), 'g:' .. own.id, concat({
            own.digest, own.role, own.scope == '' and '-' or own.scope,
            own.subject == '' and '-' or own.subject, v.at_text, text_of(own.expires),
            own.label}, ' '))
        call('HSET', v.key .. 'keys', own.id, own.org)
        people.note(v, v.subject, 'key-added', own.org)
        return {}
    end}

    -- KEYS {@people}:c; ARGV head, org, id
    people.act{name = 'org_key_revoke', flags = people.taking, actors = true,
               perform = function(v, own)
        if not exists(v, own.org) then return refuse('org_unknown') end
        local row = call('HGET', key_of(v, own.org), 'g:' .. own.id)
        if not row then return refuse('org_key_unknown') end
        people.ended(v, 'g', own.id, 0, floor(org.parse_key(row).expires / 1000) + 1)
        drop(v, own.org, own.id)
        people.note(v, v.subject, 'key-revoked', own.org)
        return {}
    end, read = function(args)
        count_in(args, 7)
        return {org = org_in(args, 6), id = people.hash_in(args, 7, 'id')}
    end}
end
