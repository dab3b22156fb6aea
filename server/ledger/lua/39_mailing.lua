-- 39_mailing.lua -- who wants their notices by mail, and up to when they have been told.
--
--   `mailing`  who -> `<role> <body or -> <account> <told> <tries> <rest>`: told up to that ms, and
--              nothing before `rest` (ms). `who` as in 19_notice.lua
-- The keeper goes through the pages, reads the notices of each, claims the letter, has it sent and
-- says what came of it: one letter at a time a person, tried again with growing pauses. Whose mail
-- is refused twelve times over gets none any more; the site still tells. None of it is in the log.
do
    local MINUTE_MS = 60000
    local MAILING_MOST, TRIES_MOST, REST_MOST_MS = 100000, 12, 6 * 3600 * 1000
    local CLAIM_MS, PAUSE_MS = 10 * MINUTE_MS, 15 * MINUTE_MS

    local function row_of(text)
        local role, body, account, told, tries, rest =
            match(text, '^(%l+) (%S+) (%S+) (%d+) (%d+) (%d+)$')
        return {role = role, body = body, account = account, told = tonumber(told),
                tries = tonumber(tries), rest = tonumber(rest)}
    end

    local function write_row(v, who, r)
        call('HSET', v.key .. 'mailing', who,
             concat({r.role, r.body, r.account, text_of(r.told), text_of(r.tries),
                     text_of(r.rest)}, ' '))
    end

    local function mailing_set(v, own)
        local key = v.key .. 'mailing'
        if own.on == 0 then
            call('HDEL', key, own.who)
        elseif call('HEXISTS', key, own.who) == 0 then
            if call('HLEN', key) >= MAILING_MOST then
                return refuse('mailing_full', 'most', MAILING_MOST)
            end
            write_row(v, own.who, {role = own.role, body = own.body == '' and '-' or own.body,
                                   account = own.account, told = v.at, tries = 0, rest = 0})
        end
        return {}
    end

    -- KEYS {slug}:c; ARGV head, who, role, body, account ('' where it is off), on (0 or 1)
    act{name = 'mailing_set', perform = mailing_set, flags = {'allow-oom'}, read = function(args)
        count_in(args, 10)
        local own = notice.person_in(args, 6)
        own.on = number_in(args, 10, 0, 1, 'on')
        own.account = id_in(args, 9, own.on == 0, 'account')
        own.resident = own.role == 'resident' and own.who or nil
        return own
    end}

    -- By the link in a mail, which carries its own proof: C has looked at it. KEYS {slug}:c; ARGV
    -- head, who
    act{name = 'mailing_stop', unjudged = true, flags = {'allow-oom'}, perform = function(v, own)
        call('HDEL', v.key .. 'mailing', own.who)
        return {}
    end, read = function(args)
        count_in(args, 6)
        return {who = mark_in(args, 6, 1, 128, 'who')}
    end}

    -- A page of those who may be mailed now, and the newest event. KEYS {slug}:c; ARGV now_ms,
    -- cursor, limit
    reader{name = 'mailing', read = function(args)
        count_in(args, 3)
        return {after = cursor_in(args, 2),
                limit = number_in(args, 3, 1, 1000, 'limit')}
    end, look = function(v, own)
        local found = call('HSCAN', v.key .. 'mailing', own.after, 'COUNT', text_of(own.limit))
        local newest = call('XREVRANGE', v.key .. 'events', '+', '-', 'COUNT', '1')
        local ok = {'ok', {'next', found[1],
                           'newest', newest[1] and match(newest[1][1], '^%d+') or ''}}
        for i = 1, #found[2], 2 do
            local r = row_of(found[2][i + 1])
            if r.rest <= v.now then
                ok[#ok + 1] = {'who', found[2][i], 'role', r.role,
                               'body', r.body == '-' and '' or r.body,
                               'account', r.account, 'told', text_of(r.told)}
            end
        end
        return ok
    end}

    -- One process takes one letter on: who comes second finds it claimed. KEYS {slug}:c; ARGV head,
    -- who, told (as it was read)
    act{name = 'mailing_claim', unjudged = true, read = function(args)
        count_in(args, 7)
        return {who = mark_in(args, 6, 1, 128, 'who'),
                told = number_in(args, 7, 0, NUMBER_MOST, 'told')}
    end, perform = function(v, own)
        local text = call('HGET', v.key .. 'mailing', own.who)
        local r = text and row_of(text)
        if not r or r.told ~= own.told or r.rest > v.now then return {'claimed', '0'} end
        r.rest = v.now + CLAIM_MS
        write_row(v, own.who, r)
        return {'claimed', '1'}
    end}

    -- What came of it. KEYS {slug}:c; ARGV head, who, told (ms up to which they know now), good
    act{name = 'mailing_done', unjudged = true, read = function(args)
        count_in(args, 8)
        return {who = mark_in(args, 6, 1, 128, 'who'),
                told = number_in(args, 7, 0, NUMBER_MOST, 'told'),
                good = number_in(args, 8, 0, 1, 'good') == 1}
    end, perform = function(v, own)
        local text = call('HGET', v.key .. 'mailing', own.who)
        if not text then return {} end
        local r = row_of(text)
        if own.good then
            r.told, r.tries, r.rest = max(r.told, own.told), 0, v.now + PAUSE_MS
        else
            r.tries = r.tries + 1
            if r.tries >= TRIES_MOST then -- it will not be read: the site still tells
                call('HDEL', v.key .. 'mailing', own.who)
                return {}
            end
            r.rest = v.now + min(REST_MOST_MS, MINUTE_MS * 2 ^ r.tries)
        end
        write_row(v, own.who, r)
        return {}
    end}
end
