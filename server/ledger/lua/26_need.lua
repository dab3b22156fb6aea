-- 26_need.lua -- what residents ask for: raised by one, seconded by others, answered by a body.
--
-- `need:<n>`, its texts `x:n<n>` and `x:n<n>:answer`; `seconded:<n>` who stands behind it; `needs`
-- their order by seconds. A need is answered once.
do
    local UNANSWERED_MOST = 10
    local PLACE = 4294967296 -- seconds x 2^32 + number: one order without ties
    local FIELDS = {'author', 'seconds', 'at', 'seq', 'answer_seq', 'answer_at', 'answer_body',
                    'answer_tender'}

    -- nil where there is none; numbers are numbers.
    function need.read(v, number)
        local r = call('HMGET', v.key .. 'need:' .. text_of(number), unpack(FIELDS))
        if not r[1] then return nil end
        return {number = number, author = r[1], seconds = tonumber(r[2]), at = tonumber(r[3]),
                seq = tonumber(r[4]), answer_seq = tonumber(r[5] or '0'),
                answer_at = tonumber(r[6] or '0'), answer_body = r[7] or '',
                answer_tender = tonumber(r[8] or '0')}
    end

    function need.word(v, n)
        v.needs_line = v.needs_line or community.defaults(v).needs_line
        if n.answer_body ~= '' then return 'answered' end
        return n.seconds >= v.needs_line and 'waiting' or 'gathering'
    end

    local function place(v, number, seconds)
        call('ZADD', v.key .. 'needs', text_of(seconds * PLACE + number), text_of(number))
    end

    local function raise(v, own)
        local no = talk.speaker(v, own)
        if no then return no end
        local waiting = tonumber(call('HGET', v.key .. 'raisers', own.author) or '0')
        if waiting >= UNANSWERED_MOST then
            return refuse('needs_too_many', 'needs', waiting, 'most', UNANSWERED_MOST)
        end
        no = talk.said_refused(v, own)
        if no then return no end
        v.number = talk.last_number(v, 'need') + 1
        local number = text_of(v.number)
        v.seq = log.append(v, 'need_raised', nil, {'need', number, 'text', own.hash})
        call('HSET', v.key .. 'need:' .. number, 'author', own.author, 'seconds', '0',
             'at', v.at_text, 'seq', text_of(v.seq))
        call('SET', v.key .. 'x:n' .. number, own.text)
        call('SADD', v.key .. 'seconded:' .. number, own.author)
        call('HINCRBY', v.key .. 'raisers', own.author, '1')
        talk.number_given(v, 'need', v.number)
        place(v, v.number, 0)
        talk.said(v, own, 'n' .. number)
        community.save(v)
        return {}
    end

    -- KEYS {slug}:c; ARGV head, resident, author, text_hash, text
    act{name = 'need_raise', object = 'need', perform = raise, read = function(args, v)
        count_in(args, 9)
        local own = talk.speaker_in(args, v)
        own.hash, own.text = hash_in(args, 8, false, 'text_hash'), text_in(args, 9)
        return own
    end}

    -- The refusal, or nil and the need without an answer.
    local function unanswered(v, number)
        local n = need.read(v, number)
        if not n then return refuse('need_unknown', 'need', number) end
        if n.answer_body ~= '' then return refuse('need_answered', 'need', number) end
        return nil, n
    end

    local function second(v, own)
        local no = talk.speaker(v, own)
        if no then return no end
        local n
        no, n = unanswered(v, own.need)
        if no then return no end
        v.number = own.need
        local number = text_of(own.need)
        local set = v.key .. 'seconded:' .. number
        if call('SISMEMBER', set, own.author) == 1 then return {'seconds', text_of(n.seconds)} end
        local seconds = text_of(n.seconds + 1)
        v.seq = log.append(v, 'need_seconded', nil, {'need', number, 'seconds', seconds})
        call('SADD', set, own.author)
        call('HSET', v.key .. 'need:' .. number, 'seconds', seconds)
        place(v, own.need, n.seconds + 1)
        community.save(v)
        return {'seconds', seconds}
    end

    -- KEYS {slug}:c; ARGV head, resident, author, need
    act{name = 'need_second', object = 'need', perform = second, read = function(args, v)
        count_in(args, 8)
        local own = talk.speaker_in(args, v)
        own.need = number_in(args, 8, 0, NUMBER_MOST, 'need')
        return own
    end}

    local function answering_refused(v, own)
        if own.actor ~= '' and own.actor ~= own.body then
            return refuse('not_your_body', 'body', own.body)
        end
        if own.tender == 0 then return nil end
        return (tender.of_body(v, {tender = own.tender, body = own.body}))
    end

    local function answer(v, own)
        local no, n = unanswered(v, own.need)
        no = no or answering_refused(v, own)
        if no then return no end
        v.number = own.need
        local number, fields = text_of(own.need), {'need', text_of(own.need), 'body', own.body}
        log.optional(fields, 'tender', own.tender > 0 and text_of(own.tender) or '')
        log.optional(fields, 'text', own.hash)
        v.seq = log.append(v, 'need_answered', nil, fields)
        call('HSET', v.key .. 'need:' .. number, 'answer_seq', text_of(v.seq),
             'answer_at', v.at_text, 'answer_body', own.body,
             'answer_tender', text_of(own.tender))
        call('SET', v.key .. 'x:n' .. number .. ':answer', own.text)
        call('HINCRBY', v.key .. 'raisers', n.author, '-1')
        community.save(v)
        return {}
    end

    -- KEYS {slug}:c; ARGV head, need, actor_body, body, tender or 0, text_hash, text
    act{name = 'need_answer', object = 'need', perform = answer, read = function(args)
        count_in(args, 11)
        return {need = number_in(args, 6, 0, NUMBER_MOST, 'need'),
                actor = word_in(args, 7, true, 'actor_body'),
                body = word_in(args, 8, false, 'body'),
                tender = number_in(args, 9, 0, NUMBER_MOST, 'tender'),
                hash = hash_in(args, 10, false, 'text_hash'), text = text_in(args, 11)}
    end}
end
