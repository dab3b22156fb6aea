-- 83_view_talk.lua -- readers of needs and of the deliberation on a tender.
--
-- The forms are those of 80_view_community.lua; a list's `next` is a place in its order. Names:
--   needs, need_view   need seconds at seq state(gathering, waiting, answered) mine seconded text,
--                      and once answered answered answer_seq answer_body answer_tender answer
--   talks, talk_view   talk tender body kind area at seq version edited state(shown, hidden,
--                      appealed, upheld, cleared) reason hidden agree disagree pass consensus
--                      mean areas_n division areas_agree areas_disagree areas_pass areas_few
--                      stance mine text explanation appeal ruling
--                      items of talk_view: version text, oldest first, but the present one
--   summaries          number at seq text, newest first
--   said               kind number tender at text: for who takes home what they said
do
    local add_all = community.view.add_all
    local LOOKED_AT_MOST = 400
    local STATES = {s = 'shown', h = 'hidden', a = 'appealed', u = 'upheld', c = 'cleared'}
    local STANCES = {a = 'agree', d = 'disagree', p = 'pass', [''] = ''}
    local STATES_OF_NEED = {[''] = true, gathering = true, waiting = true, answered = true}
    local KINDS = {[''] = true, ['for'] = true, against = true, question = true, amendment = true}
    local ORDERS = {newest = true, agreed = true, divided = true}

    -- ---- lists --------------------------------------------------------------------------------

    -- {number, place, ...}, highest place first, below `after` (0: from the top).
    local function below(key, after)
        return call('ZREVRANGEBYSCORE', key, after == 0 and '+inf' or '(' .. text_of(after),
                    '-inf', 'WITHSCORES', 'LIMIT', '0', text_of(LOOKED_AT_MOST))
    end

    local function descending(numbers, after)
        table.sort(numbers, function(a, b) return a > b end)
        local list = {}
        for i = 1, #numbers do
            if after == 0 or numbers[i] < after then
                list[#list + 1], list[#list + 2] = text_of(numbers[i]), text_of(numbers[i])
            end
        end
        return list
    end

    -- A page of those for which item(number) gives one.
    local function page(list, limit, item)
        local ok = {'ok', {'next', '0'}}
        for i = 1, #list, 2 do
            ok[#ok + 1] = item(tonumber(list[i]))
            local more = i + 1 < #list or #list == 2 * LOOKED_AT_MOST
            if #ok - 2 == limit or i + 1 == #list then
                ok[2][2] = more and text_of(tonumber(list[i + 1])) or '0'
                break
            end
        end
        return ok
    end

    local function page_in(args, i, own)
        local of = community.view.page_in(args, i)
        own.after, own.limit = of.after, of.limit
        return own
    end

    local function one_of(words, args, i, what)
        if not args[i] or not words[args[i]] then malformed(what) end
        return args[i]
    end

    -- Three arguments from i on say who looks, to tell what is theirs: resident, epoch, author; of
    -- nobody '', 0, ''.
    local function viewer_in(args, i, own)
        own.resident = id_in(args, i, true, 'resident')
        own.epoch = number_in(args, i + 1, 0, NUMBER_MOST, 'epoch')
        own.author = wallet_in(args, i + 2, own.resident == '', 'author')
        return own
    end

    local function viewer_refused(v, own)
        if own.resident == '' then return nil end
        local r = resident.read(v, own.resident)
        if r and r.epoch == own.epoch then return nil end
        return refuse(r and 'signed_out' or 'resident_unknown')
    end

    -- ---- needs --------------------------------------------------------------------------------

    local function need_item(v, list, n, author)
        local number = text_of(n.number)
        local texts = call('MGET', v.key .. 'x:n' .. number, v.key .. 'x:n' .. number .. ':answer')
        local seconded = author ~= ''
            and call('SISMEMBER', v.key .. 'seconded:' .. number, author) or 0
        return add_all(list, {need = n.number, seconds = n.seconds, at = n.at, seq = n.seq,
                              state = need.word(v, n), mine = n.author == author and 1 or 0,
                              seconded = seconded, text = texts[1] or '',
                              answered = n.answer_at, answer_seq = n.answer_seq,
                              answer_body = n.answer_body, answer_tender = n.answer_tender,
                              answer = texts[2] or ''},
                       {'need', 'seconds', 'at', 'seq', 'state', 'mine', 'seconded', 'text',
                        'answered', 'answer_seq', 'answer_body', 'answer_tender', 'answer'})
    end

    -- KEYS {slug}:c; ARGV now_ms, need, resident, epoch, author
    reader{name = 'need_view', read = function(args)
        count_in(args, 5)
        return viewer_in(args, 3, {number = number_in(args, 2, 0, NUMBER_MOST, 'need')})
    end, look = function(v, own)
        local n, no = need.read(v, own.number), viewer_refused(v, own)
        if not n then return refuse('need_unknown', 'need', own.number) end
        return no or need_item(v, {'ok'}, n, own.author)
    end}

    local function said_numbers(v, author, letter)
        local numbers, said = {}, call('SMEMBERS', v.key .. 'said:' .. author)
        for i = 1, #said do
            if sub(said[i], 1, 1) == letter then
                numbers[#numbers + 1] = tonumber(sub(said[i], 2))
            end
        end
        return numbers
    end

    local function needs_in_order(v, own)
        if own.mine == 1 then return descending(said_numbers(v, own.author, 'n'), own.after) end
        if own.sort == 'seconded' then return below(v.key .. 'needs', own.after) end
        local list, last = {}, talk.last_number(v, 'need')
        local first = own.after == 0 and last or min(last, own.after - 1)
        for number = first, max(1, first - LOOKED_AT_MOST + 1), -1 do
            list[#list + 1], list[#list + 2] = text_of(number), text_of(number)
        end
        return list
    end

    -- KEYS {slug}:c; ARGV now_ms, resident, epoch, author, state or '', sort, mine, after, limit
    reader{name = 'needs', read = function(args)
        count_in(args, 9)
        local own = {state = one_of(STATES_OF_NEED, args, 5, 'state'),
                     sort = one_of({newest = true, seconded = true}, args, 6, 'sort'),
                     mine = number_in(args, 7, 0, 1, 'mine')}
        return page_in(args, 8, viewer_in(args, 2, own))
    end, look = function(v, own)
        return viewer_refused(v, own) or page(needs_in_order(v, own), own.limit, function(number)
            local n = need.read(v, number)
            if own.state ~= '' and need.word(v, n) ~= own.state then return nil end
            return need_item(v, {}, n, own.author)
        end)
    end}

    -- ---- contributions ------------------------------------------------------------------------

    local function talk_item(v, list, k, author)
        local areas = talk.by_area(v, k)
        local texts = call('HMGET', v.key .. 'xk:' .. text_of(k.number), text_of(k.version),
                           'hidden', 'appeal', 'ruling')
        k.talk, k.kind, k.edited = k.number, k.sort, k.edited_at
        k.consensus, k.mean, k.areas_n = talk.consensus(areas)
        k.division = talk.division(k)
        k.areas_agree, k.areas_disagree, k.areas_pass, k.areas_few = talk.areas_shown(areas)
        k.stance = author ~= '' and STANCES[(talk.stance_of(v, k.number, author))] or ''
        k.mine = k.author == author and 1 or 0
        k.hidden = tonumber(call('HGET', k.key, 'hidden_at') or '0')
        k.state = STATES[k.state]
        k.body = call('HGET', v.key .. 't:' .. text_of(k.tender), 'body')
        k.text, k.explanation = texts[1] or '', texts[2] or ''
        k.appeal, k.ruling = texts[3] or '', texts[4] or ''
        return add_all(list, k, {
            'talk', 'tender', 'body', 'kind', 'area', 'at', 'seq', 'version', 'edited', 'state',
            'reason', 'hidden', 'agree', 'disagree', 'pass', 'consensus', 'mean', 'areas_n',
            'division', 'areas_agree', 'areas_disagree', 'areas_pass', 'areas_few', 'stance',
            'mine', 'text', 'explanation', 'appeal', 'ruling'})
    end

    -- KEYS {slug}:c; ARGV now_ms, talk, resident, epoch, author
    reader{name = 'talk_view', read = function(args)
        count_in(args, 5)
        return viewer_in(args, 3, {number = number_in(args, 2, 0, NUMBER_MOST, 'talk')})
    end, look = function(v, own)
        local no, k = talk.known(v, own.number)
        no = no or viewer_refused(v, own)
        if no then return no end
        local ok = {'ok', talk_item(v, {}, k, own.author)}
        for version = 1, k.version - 1 do
            local text = call('HGET', v.key .. 'xk:' .. text_of(k.number), text_of(version))
            ok[#ok + 1] = {'version', text_of(version), 'text', text or ''}
        end
        return ok
    end}

    local function talks_in_order(v, own)
        local of_tender = text_of(own.tender)
        if own.mine == 0 then return below(v.key .. own.sort .. ':' .. of_tender, own.after) end
        local numbers = {}
        local mine = call('HGET', v.key .. 'talkers:' .. of_tender, own.author) or ''
        for number in gmatch(mine, '%d+') do numbers[#numbers + 1] = tonumber(number) end
        return descending(numbers, own.after)
    end

    -- KEYS {slug}:c; ARGV now_ms, tender, resident, epoch, author, kind or '', hidden ('', 0, 1),
    -- mine, sort, after, limit
    reader{name = 'talks', read = function(args)
        count_in(args, 11)
        local own = {tender = number_in(args, 2, 0, NUMBER_MOST, 'tender'),
                     kind = one_of(KINDS, args, 6, 'kind'),
                     hidden = args[7] ~= '' and number_in(args, 7, 0, 1, 'hidden'),
                     mine = number_in(args, 8, 0, 1, 'mine'),
                     sort = one_of(ORDERS, args, 9, 'sort')}
        return page_in(args, 10, viewer_in(args, 3, own))
    end, look = function(v, own)
        if not tender.read(v, own.tender) then
            return refuse('tender_unknown', 'tender', own.tender)
        end
        return viewer_refused(v, own) or page(talks_in_order(v, own), own.limit, function(number)
            local k = talk.read(v, number)
            local wanted = (own.kind == '' or k.sort == own.kind)
                and (not own.hidden or k.is_hidden == (own.hidden == 1))
            return wanted and talk_item(v, {}, k, own.author) or nil
        end)
    end}

    -- KEYS {slug}:c; ARGV now_ms, tender, after, limit
    reader{name = 'summaries', read = function(args)
        count_in(args, 4)
        return page_in(args, 3, {tender = number_in(args, 2, 0, NUMBER_MOST, 'tender')})
    end, look = function(v, own)
        if not tender.read(v, own.tender) then
            return refuse('tender_unknown', 'tender', own.tender)
        end
        local numbers = {}
        for number = 1, talk.sum(v, own.tender).summaries do numbers[number] = number end
        return page(descending(numbers, own.after), own.limit, function(number)
            local row = call('HGET', v.key .. 'xs:' .. text_of(own.tender), text_of(number))
            if not row then return nil end -- the log alone does not bring it back
            local at, seq, text = match(row, '^(%d+) (%d+) (.*)$')
            return {'number', text_of(number), 'at', at, 'seq', seq, 'text', text}
        end)
    end}

    -- ---- what somebody said -------------------------------------------------------------------

    local function said_item(v, what)
        local number = sub(what, 2)
        if sub(what, 1, 1) == 'n' then
            return {'kind', 'need', 'number', number, 'tender', '0',
                    'at', call('HGET', v.key .. 'need:' .. number, 'at') or '0',
                    'text', call('GET', v.key .. 'x:n' .. number) or ''}
        end
        local k = call('HMGET', v.key .. 'talk:' .. number, 'tender', 'at', 'version')
        return {'kind', 'talk', 'number', number, 'tender', k[1], 'at', k[2],
                'text', call('HGET', v.key .. 'xk:' .. number, k[3]) or ''}
    end

    -- KEYS {slug}:c; ARGV now_ms, author, after (how many to pass over), limit
    reader{name = 'said', read = function(args)
        count_in(args, 4)
        return page_in(args, 3, {author = wallet_in(args, 2, false, 'author')})
    end, look = function(v, own)
        local said = call('SMEMBERS', v.key .. 'said:' .. own.author)
        table.sort(said)
        local last = min(own.after + own.limit, #said)
        local ok = {'ok', {'next', last < #said and text_of(last) or '0'}}
        for i = own.after + 1, last do ok[#ok + 1] = said_item(v, said[i]) end
        return ok
    end}
end
