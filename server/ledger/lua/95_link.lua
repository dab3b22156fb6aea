-- 95_link.lua -- an address and the links that are sent to it: `link:<hash>`, once, for a while.
--
-- A link's value is `mail <account> <hash of the address> <address>`, `sign-in <account>`, or
-- `invite <account or -> <organisation> <hat>` (96_org.lua). An address is the account's (`mails`,
-- from its keyed hash) only when a link that was sent there has come back; an account may wait for
-- the proof of an address that is another's, and nobody learns of it.
do
    local LINK_MS, MAILS_MOST = 900000, 5

    local function link_in(args)
        count_in(args, 6)
        return {link = people.hash_in(args, 6, 'link')}
    end

    -- KEYS {@people}:c; ARGV head, mail, mail_hash, link
    people.act{name = 'mail_set', again = account.own_view, perform = function(v, own)
        local no = people.tried(v, own.hash, MAILS_MOST)
        if no then return no end
        local key = v.key .. 'a:' .. v.subject
        people.offer(v, key, 'link', own.link,
                     concat({'mail', v.subject, own.hash, own.mail}, ' '), LINK_MS)
        if call('HGET', key, 'mail_ok') ~= '1' then
            call('HSET', key, 'mail', own.mail, 'mail_ok', '0')
        end
        people.note(v, v.subject, 'mail-set', '')
        return account.own_view(v)
    end, read = function(args)
        count_in(args, 8)
        return {mail = bytes_in(args, 6, 3, 254, 'mail'),
                hash = people.hash_in(args, 7, 'mail_hash'),
                link = people.hash_in(args, 8, 'link')}
    end}

    -- KEYS {@people}:c; ARGV head, link
    people.act{name = 'mail_confirm', again = account.own_view, read = link_in,
               perform = function(v, own)
        local value = call('GET', v.key .. 'link:' .. own.link)
        local id, hash, mail = match(value or '', '^mail (%S+) (%S+) (.+)$')
        if id ~= v.subject then return refuse('link_unknown') end
        local owner = call('HGET', v.key .. 'mails', hash)
        if owner and owner ~= id then return refuse('link_unknown') end
        local key = v.key .. 'a:' .. id
        local before = call('HGET', key, 'mail_hash')
        call('DEL', v.key .. 'link:' .. own.link)
        if before and before ~= hash then call('HDEL', v.key .. 'mails', before) end
        call('HSET', v.key .. 'mails', hash, id)
        call('HSET', key, 'mail', mail, 'mail_hash', hash, 'mail_ok', '1')
        people.note(v, id, 'mail-confirmed', '')
        return account.own_view(v)
    end}

    -- For an address that nobody has, the same is read and written (`nobody` keeps its last few
    -- links, none of them good), so that the time on disk does not tell who exists.
    -- KEYS {@people}:c; ARGV head, mail_hash, link
    people.door{name = 'link_new', perform = function(v, own)
        local no = people.tried(v, own.hash, MAILS_MOST)
        if no then return no end
        local id = call('HGET', v.key .. 'mails', own.hash)
        local key = v.key .. (id and 'a:' .. id or 'nobody')
        people.offer(v, key, 'link', own.link, (id and 'sign-in ' or 'nobody ') .. (id or '-'),
                     LINK_MS)
        local a = call('HMGET', key, 'mail', 'lang')
        return {'known', id and '1' or '0', 'mail', a[1] or '', 'lang', a[2] or ''}
    end, read = function(args)
        count_in(args, 7)
        return {hash = people.hash_in(args, 6, 'mail_hash'), link = people.hash_in(args, 7, 'link')}
    end}

    -- KEYS {@people}:c; ARGV head, link
    people.door{name = 'link_use', read = link_in, perform = function(v, own)
        local id = match(call('GET', v.key .. 'link:' .. own.link) or '', '^sign%-in (%S+)$')
        if not id then return refuse('link_unknown') end
        call('DEL', v.key .. 'link:' .. own.link)
        return account.let_in(v, id, 'link')
    end}
end
