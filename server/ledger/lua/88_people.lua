-- 88_people.lua -- one call on the accounts of persons: its head, who asks, what it leaves behind.
--
-- The contract is ../PEOPLE.md, "Accounts". All keys begin with `{@people}:`, a slot of its own; no
-- slug has an `@`, so that no act of a community reaches it. ARGV of every call begin with now_ms,
-- account, epoch, key_hash, body_hash. What is here:
--   people.act{...}     account and epoch are judged, its keys remembered; `actors`: staff, too
--   people.door{...}    nobody is judged: the caller has, or there is no account yet
--   people.taking       flags of what only takes away: a full Redis does it all the same
--   people.reader{...}  writes nothing; account and epoch are judged where it says `own`
--   people.offer, .ended, .note, .locked, .tried   what is good once, what ended, what happened
local people, account, passkey, org = {}, {}, {}, {}
do
    local KEY = '{@people}:'
    people.taking = {'allow-oom'}
    local OFFER_KINDS = {ch = 16, link = 16, invite = 64}
    local EVENTS_MOST, JOURNAL_MOST, EVENTS_MS = 50, 100000, 90 * DAY_MS
    local TRIES_MOST, TRIES_MS, TRIES_LOOKED_AT = 50000, 900000, 16

    -- ---- words -------------------------------------------------------------------------------

    function people.is_account(text) return #text == 22 and find(text, '^[%w_-]+$') ~= nil end

    function people.account_in(args, i, may_be_empty)
        local text = args[i]
        if text and (people.is_account(text) or (may_be_empty and text == '')) then return text end
        return malformed('account')
    end

    -- Hashes and ids that the caller has made: hex or base64url.
    function people.hash_in(args, i, what)
        local text = bytes_in(args, i, 8, 64, what)
        if not find(text, '^[%w_-]+$') then malformed(what) end
        return text
    end

    function people.base64_in(args, i, most, what)
        local text = bytes_in(args, i, 1, most, what)
        if not find(text, '^[%w_-]+$') then malformed(what) end
        return text
    end

    -- role:scope:subject
    function people.hat_in(args, i)
        local hat = bytes_in(args, i, 3, 128, 'hat')
        if not find(hat, '^[a-z0-9][a-z0-9_-]*:[a-z0-9*-]*:[%w_-]*$') then malformed('hat') end
        return hat
    end

    function people.until_in(args, i) return number_in(args, i, 0, NUMBER_MOST, 'until_s') end

    -- ---- the head ----------------------------------------------------------------------------

    local function head(keys, args, actors)
        if #keys ~= 1 or keys[1] ~= KEY .. 'c' then malformed('key') end
        local v = {key = KEY, now = number_in(args, 1, 0, NUMBER_MOST, 'now_ms'),
                   subject = bytes_in(args, 2, 0, 128, 'account'),
                   epoch = number_in(args, 3, 0, NUMBER_MOST, 'epoch'),
                   key_hash = args[4], body_hash = args[5], seq = 0, number = 0, replayed = false}
        if v.key_hash ~= '' or v.body_hash ~= '' then
            bytes_in(args, 4, 8, 8, 'key_hash')
            bytes_in(args, 5, 4, 4, 'body_hash')
        end
        local actor = v.subject == 'operator' or find(v.subject, '^[tk]:%l+:[%w_.-]+$')
        v.actor = actors and actor and v.subject
        v.at, v.at_text = v.now, text_of(v.now)
        return v
    end

    local function signed_out(v)
        if v.actor then return nil end -- judged by who let them act
        if not people.is_account(v.subject) then malformed('account') end
        local epoch = call('HGET', KEY .. 'a:' .. v.subject, 'epoch')
        if epoch and tonumber(epoch) == v.epoch then return nil end
        return refuse('signed_out')
    end

    local function answer(v, of, more)
        local ok = {'ok', 'at', v.at_text, 'replayed', v.replayed and '1' or '0'}
        if of.object then
            ok[#ok + 1] = of.object
            ok[#ok + 1] = text_of(v.number)
        end
        for i = 1, #more do ok[#ok + 1] = more[i] end
        return ok
    end

    -- `perform(v, own)` is as in act{}; `again(v)` says what a replay answers, beyond the number.
    function people.act(of)
        register(of.name, function(keys, args)
            local v = head(keys, args, of.actors)
            local own = of.read(args)
            local no = visit.skewed(v) or signed_out(v)
            if no then return no end
            local seq, number = keys_ring.find(v)
            if seq == 'reused' then return refuse('key_reused') end
            if seq then
                v.number, v.replayed = number, true
                return answer(v, of, of.again and of.again(v) or {})
            end
            local more = of.perform(v, own)
            if more[1] == 'no' then return more end
            keys_ring.remember(v)
            return answer(v, of, more)
        end, of.flags)
    end

    function people.door(of)
        register(of.name, function(keys, args)
            local v = head(keys, args)
            local own = of.read(args)
            local no = visit.skewed(v)
            if no then return no end
            local more = of.perform(v, own)
            return more[1] == 'no' and more or answer(v, of, more)
        end, of.flags)
    end

    -- `look(v, own)` returns the whole answer.
    function people.reader(of)
        register(of.name, function(keys, args)
            local v = head(keys, args)
            local own = of.read(args)
            local no = of.own and signed_out(v)
            return no or of.look(v, own)
        end, {'no-writes'})
    end

    -- ---- what is good once -------------------------------------------------------------------

    -- `<kind>:<hash>` for `ms`. Whose it is (a key, or nil) keeps the last few names, so that
    -- neither a flood nor an erasure leaves any behind; older ones give way.
    function people.offer(v, owner, kind, hash, value, ms)
        local prefix = kind == 'ch' and 'ch:' or 'link:'
        call('SET', KEY .. prefix .. hash, value, 'PX', text_of(ms))
        if not owner then return end
        local kept = {hash}
        for old in gmatch(call('HGET', owner, 'offered_' .. kind) or '', '%S+') do
            if old ~= hash and #kept < OFFER_KINDS[kind] then
                kept[#kept + 1] = old
            elseif old ~= hash then
                call('DEL', KEY .. prefix .. old)
            end
        end
        call('HSET', owner, 'offered_' .. kind, concat(kept, ' '))
    end

    function people.take_back(a)
        for hash in gmatch(a.offered_ch or '', '%S+') do call('DEL', KEY .. 'ch:' .. hash) end
        for hash in gmatch(a.offered_link or '', '%S+') do call('DEL', KEY .. 'link:' .. hash) end
    end

    -- ---- what ended --------------------------------------------------------------------------

    -- Looks at the next `most` entries after where it was last; returns how many went, and
    -- whether there are more to look at.
    function people.forget_ended(v, most)
        local from = call('HGET', KEY .. 'c', 'ended_looked') or '-'
        local entries, gone = call('XRANGE', KEY .. 'ended', from, '+', 'COUNT', text_of(most)), {}
        for i = 1, #entries do
            local fields = entries[i][2]
            if tonumber(fields[#fields]) * 1000 < v.at then gone[#gone + 1] = entries[i][1] end
        end
        if #gone > 0 then call('XDEL', KEY .. 'ended', unpack(gone)) end
        local more = #entries == most
        call('HSET', KEY .. 'c', 'ended_looked', more and '(' .. entries[most][1] or '-')
        return #gone, more
    end

    -- The place is a time, so that no entry takes that of one which a crash has lost.
    function people.ended(v, kind, id, epoch, until_s)
        local place = max(tonumber(call('HGET', KEY .. 'c', 'ended') or '0') + 1, v.at)
        call('XADD', KEY .. 'ended', text_of(place) .. '-1', 'kind', kind, 'id', id, 'epoch',
             text_of(epoch), 'before', text_of(floor(v.at / 1000) + 1), 'until', text_of(until_s))
        call('HSET', KEY .. 'c', 'ended', text_of(place))
        people.forget_ended(v, 16)
    end

    -- ---- what happened -----------------------------------------------------------------------

    -- For the operator under a number that means nobody once the account is gone; for the person
    -- under their own name.
    function people.note(v, id, kind, detail)
        local who = v.actor or ''
        if id and people.is_account(id) then
            who = call('HGET', KEY .. 'a:' .. id, 'number') or ''
            call('LPUSH', KEY .. 'j:' .. id, v.at_text .. ' ' .. kind .. ' ' .. detail)
            call('LTRIM', KEY .. 'j:' .. id, '0', text_of(EVENTS_MOST - 1))
            call('PEXPIRE', KEY .. 'j:' .. id, text_of(EVENTS_MS))
        end
        call('XADD', KEY .. 'journal', 'MAXLEN', '~', text_of(JOURNAL_MOST), '*',
             'at', v.at_text, 'kind', kind, 'who', who, 'detail', detail)
    end

    -- ---- tries -------------------------------------------------------------------------------

    local function tries_of(v, row)
        local n, last = match(row or '', '^(%d+) (%d+)$')
        n, last = tonumber(n or '0'), tonumber(last or '0')
        if v.at - last >= TRIES_MS then n = 0 end
        return n, last
    end

    -- Where all places are taken: what is over gives its place, else the oldest of some.
    local function make_room(v)
        if call('HLEN', KEY .. 'tries') < TRIES_MOST then return end
        local some = call('HRANDFIELD', KEY .. 'tries', text_of(TRIES_LOOKED_AT), 'WITHVALUES')
        local gone, oldest, oldest_last = {}, nil, nil
        for i = 1, #some, 2 do
            local n, last = tries_of(v, some[i + 1])
            if n == 0 then gone[#gone + 1] = some[i] end
            if not oldest or last < oldest_last then oldest, oldest_last = some[i], last end
        end
        if #gone == 0 then gone[1] = oldest end
        call('HDEL', KEY .. 'tries', unpack(gone))
    end

    -- A refusal, where `most` tries were made lately; otherwise counts this one. Whether anybody
    -- has the name or address that stands behind the hash is not looked at.
    function people.tried(v, hash, most)
        local row = call('HGET', KEY .. 'tries', hash)
        local n, last = tries_of(v, row)
        if n >= most then
            local seconds = floor((last + TRIES_MS - v.at + 999) / 1000)
            return refuse('sign_in_later', 'seconds', seconds)
        end
        if not row then make_room(v) end
        call('HSET', KEY .. 'tries', hash, text_of(n + 1) .. ' ' .. v.at_text)
        return nil
    end

    function people.forget_tries(v, most)
        local from = call('HGET', KEY .. 'c', 'tries_looked') or '0'
        local page, gone = call('HSCAN', KEY .. 'tries', from, 'COUNT', text_of(most)), {}
        for i = 1, #page[2], 2 do
            if tries_of(v, page[2][i + 1]) == 0 then gone[#gone + 1] = page[2][i] end
        end
        for i = 1, #gone do call('HDEL', KEY .. 'tries', gone[i]) end
        call('HSET', KEY .. 'c', 'tries_looked', page[1])
        return #gone, page[1] ~= '0'
    end
end
