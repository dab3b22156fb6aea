-- 57_moderate.lua -- what a body hides, how its author appeals, what a trust rules; and summaries.
--
-- States of a contribution: s shown, h hidden, a appealed, u hidden and upheld, c cleared. A hidden
-- one stays in every list, as hidden, with its reason; its argument does not count at the gate.
do
    local REASONS = {abuse = true, personal = true, unlawful = true, spam = true,
                     off_topic = true}
    local SUMMARIES_MOST = 50

    local function write(v, k, state, text_name, text)
        call('HSET', k.key, 'state', state)
        call('HSET', v.key .. 'xk:' .. text_of(k.number), text_name, text)
        community.save(v)
    end

    local function hiding_refused(v, own)
        local no, k = talk.known(v, own.talk)
        if no then return no end
        no = tender.of_body(v, {tender = k.tender, body = own.body})
        if no then return no end
        if k.is_hidden then return refuse('talk_is_hidden', 'reason', k.reason) end
        if k.state == 'c' then return refuse('talk_cleared') end
        return nil, k
    end

    local function hide(v, own)
        local no, k = hiding_refused(v, own)
        if no then return no end
        v.number = own.talk
        v.seq = log.append(v, 'talk_hidden', nil, {
            'tender', text_of(k.tender), 'talk', text_of(own.talk), 'reason', own.reason,
            'text', own.hash})
        call('HSET', k.key, 'reason', own.reason, 'hidden_at', v.at_text)
        talk.count_shown(v, k, -1)
        write(v, k, 'h', 'hidden', own.text)
        return {}
    end

    -- KEYS {slug}:c; ARGV head, talk, actor_body, reason, text_hash, text
    act{name = 'talk_hide', object = 'talk', perform = hide, read = function(args)
        count_in(args, 10)
        local own = {talk = number_in(args, 6, 0, NUMBER_MOST, 'talk'),
                     body = word_in(args, 7, true, 'actor_body'), reason = args[8],
                     hash = hash_in(args, 9, false, 'text_hash'), text = text_in(args, 10)}
        if not REASONS[own.reason] then malformed('reason') end
        return own
    end}

    local function appeal_refused(v, own)
        local no, k = talk.known(v, own.talk)
        if no then return no end
        if k.author ~= own.author then return refuse('talk_not_yours') end
        if not k.is_hidden then return refuse('talk_not_hidden') end
        if k.state ~= 'h' then return refuse('talk_appealed') end
        return nil, k
    end

    local function appeal(v, own)
        local no, k = talk.speaker(v, own)
        if no then return no end
        no, k = appeal_refused(v, own)
        if no then return no end
        v.number = own.talk
        v.seq = log.append(v, 'talk_appealed', nil, {
            'tender', text_of(k.tender), 'talk', text_of(own.talk), 'text', own.hash})
        talk.said(v, own, 'k' .. text_of(own.talk))
        write(v, k, 'a', 'appeal', own.text)
        return {}
    end

    -- KEYS {slug}:c; ARGV head, resident, author, talk, text_hash, text
    act{name = 'talk_appeal', object = 'talk', perform = appeal, read = function(args, v)
        local own = talk.own_in(args, v, 10)
        own.hash, own.text = hash_in(args, 9, false, 'text_hash'), text_in(args, 10)
        return own
    end}

    local function rule(v, own)
        local no, k = talk.known(v, own.talk)
        if not no and k.state ~= 'a' then no = refuse('talk_not_appealed') end
        if no then return no end
        v.number = own.talk
        v.seq = log.append(v, 'talk_ruled', nil, {
            'tender', text_of(k.tender), 'talk', text_of(own.talk),
            'stands', text_of(own.stands), 'text', own.hash})
        if own.stands == 0 then talk.count_shown(v, k, 1) end
        write(v, k, own.stands == 1 and 'u' or 'c', 'ruling', own.text)
        return {}
    end

    -- KEYS {slug}:c; ARGV head, talk, stands (0 or 1), text_hash, text
    act{name = 'talk_ruling', object = 'talk', perform = rule, read = function(args)
        count_in(args, 9)
        return {talk = number_in(args, 6, 0, NUMBER_MOST, 'talk'),
                stands = number_in(args, 7, 0, 1, 'stands'),
                hash = hash_in(args, 8, false, 'text_hash'), text = text_in(args, 9)}
    end}

    local function summarise(v, own)
        local no, t = tender.of_body(v, own)
        no = no or talk.closed(v, t)
        if no then return no end
        local sum = talk.sum(v, own.tender)
        if sum.summaries >= SUMMARIES_MOST then
            return refuse('summaries_too_many', 'summaries', sum.summaries,
                          'most', SUMMARIES_MOST)
        end
        v.number = own.tender
        v.seq = log.append(v, 'talk_summarised', nil,
                           {'tender', text_of(own.tender), 'text', own.hash})
        local number, seq = text_of(sum.summaries + 1), text_of(v.seq)
        call('HSET', v.key .. 'talks:' .. text_of(own.tender), 'summary', seq,
             'summaries', number)
        call('HSET', v.key .. 'xs:' .. text_of(own.tender), number,
             concat({v.at_text, seq, own.text}, ' '))
        community.save(v)
        return {}
    end

    -- KEYS {slug}:c; ARGV head, tender, actor_body, text_hash, text
    act{name = 'talk_summary', object = 'tender', perform = summarise, read = function(args)
        count_in(args, 9)
        return {tender = number_in(args, 6, 0, NUMBER_MOST, 'tender'),
                body = word_in(args, 7, true, 'actor_body'),
                hash = hash_in(args, 8, false, 'text_hash'), text = text_in(args, 9)}
    end}
end
