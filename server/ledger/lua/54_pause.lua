-- 54_pause.lua -- the brake: a trust pauses a tender, and its deadlines move by as long.
--
-- While a pause lasts nothing is pledged and nothing activates; to take back stays possible. Its
-- end stands behind the letter in `st`, where every pledge looks anyway; t.paused is how long the
-- tender was or will be paused in all. The end is a deadline, `u<tender>`. The round does not wait.
do
    local MOST_MS = 14 * DAY_MS

    local function days_of(ms) return floor((ms + DAY_MS - 1) / DAY_MS) end

    -- Its end of a tender whose state is written so; 0 where it is not paused.
    function pause.end_of(state) return #state > 1 and tonumber(sub(state, 2)) or 0 end

    -- The refusal of who would pledge or activate, or nil.
    function pause.refused(state)
        if #state == 1 then return nil end
        return refuse('tender_paused', 'until', sub(state, 2))
    end

    -- Closing and window by so long, or by so much less.
    local function move(v, t, by)
        local key = v.key .. 't:' .. text_of(t.number)
        t.closes = t.closes + by
        call('HSET', key, 'closes', text_of(t.closes))
        deadline.add(v, t.closes, deadline.member(t.opened_seq, 't', t.number))
        if t.critical == 0 then return end
        t.critical_until = t.critical_until + by
        call('HSET', key, 'critical_until', text_of(t.critical_until))
        deadline.add(v, t.critical_until, deadline.member(t.critical_seq, 'c', t.number))
    end

    -- It is over, or its tender is.
    function pause.forget(v, t)
        if t.paused_until == 0 then return end
        deadline.remove(v, deadline.member(t.pause_seq, 'u', t.number))
        call('HDEL', v.key .. 't:' .. text_of(t.number), 'pause_seq')
        t.paused_until = 0
    end

    local function read(args)
        count_in(args, 11)
        local own = approval.asked_in(args, 10)
        own.tender = number_in(args, 6, 0, NUMBER_MOST, 'tender')
        own.ends = number_in(args, 7, 1, NUMBER_MOST, 'until')
        own.hash, own.text = hash_in(args, 8, false, 'text_hash'), text_in(args, 9)
        return own
    end

    local function refused(v, t, own)
        local no = tender.not_live(t.word) or pause.refused(t.state)
        if no then return no end
        local ms = own.ends - v.at
        if ms <= 0 then return refuse('pause_too_short', 'until', own.ends, 'now', v.at) end
        if t.paused + ms <= MOST_MS then return nil end
        return refuse('pause_too_long', 'days', days_of(ms), 'used', days_of(t.paused),
                      'most', days_of(MOST_MS))
    end

    local function begin(v, own)
        local t = tender.read(v, own.tender)
        if not t then return refuse('tender_unknown', 'tender', own.tender) end
        v.number = own.tender
        local no = refused(v, t, own)
            or approval.judge(v, 'tender_pause', own, 't' .. text_of(own.tender))
        if no then return no end
        local ms = own.ends - v.at
        t.paused_until, t.paused = own.ends, t.paused + ms
        v.seq = log.append(v, 'tender_paused', nil, {
            'tender', text_of(own.tender), 'until', text_of(t.paused_until), 'text', own.hash})
        call('HSET', v.key .. 't:' .. text_of(own.tender), 'paused', text_of(t.paused),
             'pause_seq', text_of(v.seq))
        call('SET', v.key .. 'x:u' .. text_of(own.tender), own.text)
        tender.write_live(v, t, sub(t.state, 1, 1))
        deadline.add(v, t.paused_until, deadline.member(v.seq, 'u', t.number))
        move(v, t, ms)
        approval.spend(v)
        community.save(v)
        return {}
    end

    -- KEYS {slug}:c; ARGV head, tender, until, text_hash, text (the reason), person, digest
    act{name = 'tender_pause', object = 'tender', read = read, perform = begin}

    -- What was not used of it is given back.
    local function resume(v, t, due)
        local unused = due and 0 or t.paused_until - v.at
        t.paused = t.paused - unused
        local seq = log.append(v, 'tender_resumed', due, {
            'tender', text_of(t.number), 'paused', text_of(t.paused)})
        local key = v.key .. 't:' .. text_of(t.number)
        if t.paused > 0 then
            call('HSET', key, 'paused', text_of(t.paused))
        else
            call('HDEL', key, 'paused')
        end
        pause.forget(v, t)
        tender.write_live(v, t, sub(t.state, 1, 1))
        if unused > 0 then move(v, t, -unused) end
        return seq
    end

    -- KEYS {slug}:c; ARGV head, tender
    act{name = 'tender_resume', object = 'tender', flags = {'allow-oom'}, read = function(args)
        count_in(args, 6)
        return {tender = number_in(args, 6, 0, NUMBER_MOST, 'tender')}
    end, perform = function(v, own)
        local t = tender.read(v, own.tender)
        if not t then return refuse('tender_unknown', 'tender', own.tender) end
        local no = tender.not_live(t.word)
        if no then return no end
        if t.paused_until == 0 then return refuse('tender_not_paused') end
        v.number, v.seq = own.tender, resume(v, t, nil)
        community.save(v)
        return {}
    end}

    -- The end. Of a tender whose round has closed nothing follows.
    function deadline.settles.u(v, number, due)
        local t = tender.read(v, number)
        if tender.is_live(t.word) then
            resume(v, t, due)
        else
            call('HDEL', v.key .. 't:' .. text_of(number), 'pause_seq')
        end
    end
end
