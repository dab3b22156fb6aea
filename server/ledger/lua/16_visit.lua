-- 16_visit.lua -- one call: its head, the clock, the settling before it, who asks, and the answer.
--
-- ARGV of every act begin with now_ms, subject, epoch, key_hash (8 bytes, '' for the keeper),
-- body_hash (4 bytes); of every reader with now_ms. Steps 1 to 5 of ACTS.md are here, for acts of
-- residents on pledges steps 1 to 3 (the rest is in 68_wallet.lua).
do
    local prefix_of = learning(64, function(key)
        return find(key, '^{[a-z0-9_-]+}:c$') and sub(key, 1, -2)
    end)

    local function prefix_in(keys)
        local prefix = #keys == 1 and prefix_of(keys[1])
        if not prefix then malformed('key') end
        return prefix
    end

    -- `of`: a table to write into, where the caller has one.
    function visit.new(keys, args, object, of)
        local v, prefix = of or {}, prefix_in(keys)
        v.key, v.names = prefix, key_names(prefix)
        v.now, v.object = number_in(args, 1, 0, NUMBER_MOST, 'now_ms'), object
        v.subject = bytes_in(args, 2, 1, 128, 'subject')
        v.epoch = number_in(args, 3, 0, NUMBER_MOST, 'epoch')
        v.key_hash, v.body_hash = args[4], args[5]
        if v.key_hash ~= '' or v.body_hash ~= '' then
            bytes_in(args, 4, 8, 8, 'key_hash')
            bytes_in(args, 5, 4, 4, 'body_hash')
        end
        return v
    end

    -- Step 1.
    function visit.skewed(v)
        if SKEW_MOST_MS >= NUMBER_MOST then return nil end
        local time = call('TIME')
        local ahead = v.now - steady_number_of(time[1]) * 1000 -- of the begun second
        if ahead <= SKEW_MOST_MS and ahead >= 1000 - SKEW_MOST_MS then return nil end
        local redis_ms = tonumber(time[1]) * 1000 + floor(tonumber(time[2]) / 1000)
        local skew = max(v.now, redis_ms) - min(v.now, redis_ms)
        if skew > SKEW_MOST_MS then return refuse('clock_skew', 'skew', skew) end
        return nil
    end

    -- Steps 1 to 3.
    function visit.open(v, of)
        local no = visit.skewed(v)
        if no then return no end
        if of.founding then
            v.at, v.at_text = v.now, text_of(v.now)
            return nil
        end
        if not community.read(v) then return refuse('community_unknown') end
        v.at = max(v.now, v.c.at)
        v.at_text = steady_text_of(v.at)
        v.more = deadline.settle(v)
        if v.more and not of.settling then return refuse('deadlines_due') end
        return nil
    end

    local function is_resident_in(v)
        local row = call('HGET', v.key .. 'residents', v.subject)
        if row then return tonumber(match(row, '^%d+ %l (%d+)')) == v.epoch end
        local gone = call('HGET', v.key .. 'gone', v.subject) or '0'
        return tonumber(match(gone, '^%d+')) == v.epoch
    end

    -- As a number of ms that is a time behind 2004; no epoch grows so far.
    local TIME_LEAST = 1099511627776

    -- A token shows the epoch that it was made in; a session or a program's key the time at which
    -- it began, and it is good unless its subject was signed out since.
    local function is_signed_in(v, own)
        if own.resident == v.subject then return is_resident_in(v) end
        local row = call('HGET', v.key .. 'staff', v.subject) or '0 0'
        local epoch, at = match(row, '^(%d+) ?(%d*)$')
        if v.epoch < TIME_LEAST then return tonumber(epoch) == v.epoch end
        return v.epoch > (tonumber(at) or 0)
    end

    -- Steps 4 and 5, of staff; a replay is answered here.
    function visit.admit(v, own, of)
        if of.unjudged then
            community.read_all(v)
            return nil
        end
        if not is_signed_in(v, own) then return refuse('signed_out') end
        local seq, number = keys_ring.find(v)
        if seq == 'reused' then return refuse('key_reused') end
        if seq then
            v.seq, v.number, v.replayed = seq, number, true
            return visit.answer(v, {})
        end
        if not of.founding then community.read_all(v) end
        return nil
    end

    -- ok, seq, at, replayed, the object's number, and what the act adds.
    function visit.answer(v, more)
        local ok = {'ok', 'seq', text_of(v.seq or v.c.seq - 1), 'at', text_of(v.at),
                    'replayed', v.replayed and '1' or '0'}
        if v.object then
            ok[#ok + 1] = v.object
            ok[#ok + 1] = text_of(v.number)
        end
        for i = 1, #more do ok[#ok + 1] = more[i] end
        return ok
    end

    -- A reader's visit.
    function visit.look(keys, args)
        local prefix = prefix_in(keys)
        local v = {key = prefix, names = key_names(prefix),
                   now = number_in(args, 1, 0, NUMBER_MOST, 'now_ms')}
        if not community.read(v) then
            v.at = v.now
        else
            v.at = max(v.now, v.c.at)
        end
        v.at_text = text_of(v.at)
        return v
    end
end
