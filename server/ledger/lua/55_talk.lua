-- 55_talk.lua -- deliberation on a tender: contributions, stances on them, and the gate.
--
-- `talk:<n>` is a contribution, `talks:<tender>` what they come to, `talkers:<tender>` who made
-- which; texts are in `xk:<n>`. There are no replies. Moderation and summaries: 57_moderate.lua.
do
    local YOURS_MOST, TALKS_MOST, VERSIONS_MOST = 20, 2000, 20
    local KINDS = {['for'] = true, against = true, question = true, amendment = true}
    local STANCES = {agree = 'a', disagree = 'd', pass = 'p', [''] = ''}
    local NUMBERS = {'tender', 'area', 'at', 'seq', 'version', 'edited_at', 'agree', 'disagree',
                     'pass'}

    -- nil where there is none.
    function talk.read(v, number)
        local r = call('HMGET', v.key .. 'talk:' .. text_of(number), 'sort', 'author', 'state',
                       'reason', unpack(NUMBERS))
        if not r[1] then return nil end
        local k = {number = number, key = v.key .. 'talk:' .. text_of(number), sort = r[1],
                   author = r[2], state = r[3], reason = r[4] or ''}
        for i = 1, #NUMBERS do k[NUMBERS[i]] = tonumber(r[i + 4]) end
        k.is_hidden = k.state == 'h' or k.state == 'a' or k.state == 'u'
        return k
    end

    -- What the contributions on a tender come to.
    function talk.sum(v, number)
        local r = call('HMGET', v.key .. 'talks:' .. text_of(number), 'n', 'contributors', 'for',
                       'against', 'amended', 'summary', 'summaries')
        return {n = tonumber(r[1] or '0'), contributors = tonumber(r[2] or '0'),
                pro = tonumber(r[3] or '0'), contra = tonumber(r[4] or '0'),
                amended = tonumber(r[5] or '0'), summary = tonumber(r[6] or '0'),
                summaries = tonumber(r[7] or '0')}
    end

    function talk.count(v, of_tender, name, by)
        call('HINCRBY', v.key .. 'talks:' .. text_of(of_tender), name, text_of(by))
    end

    -- One more or one fewer argument that is shown.
    function talk.count_shown(v, k, by)
        if k.sort == 'for' or k.sort == 'against' then talk.count(v, k.tender, k.sort, by) end
    end

    -- The refusal where nothing is taken (any more) of this kind, nil for any, on the tender.
    function talk.closed(v, t, sort)
        local early = t.word == 'deliberating'
            or (t.word == 'draft' and (v.c.members_min or 0) == 0)
        if early or (tender.is_live(t.word) and sort ~= 'amendment') then return nil end
        return refuse('talk_closed', 'state', t.word)
    end

    -- The refusal, or nil and the contribution.
    function talk.known(v, number)
        local k = talk.read(v, number)
        if not k then return refuse('talk_unknown', 'talk', number) end
        return nil, k
    end

    local function words_of(list)
        local n = 0
        for _ in gmatch(list, '%d+') do n = n + 1 end
        return n
    end

    -- ---- talk_add -----------------------------------------------------------------------------

    local function addition_refused(v, own, t, sum)
        local no = talk.closed(v, t, own.sort)
        if no then return no end
        own.mine = call('HGET', v.key .. 'talkers:' .. text_of(t.number), own.author) or ''
        local yours = words_of(own.mine)
        if yours >= YOURS_MOST then
            return refuse('talks_yours_too_many', 'talks', yours, 'most', YOURS_MOST)
        end
        if sum.n >= TALKS_MOST then
            return refuse('talks_too_many', 'talks', sum.n, 'most', TALKS_MOST)
        end
        return talk.said_refused(v, own)
    end

    local function write_add(v, own, r)
        local number, of_tender = text_of(v.number), text_of(own.tender)
        local k = {number = v.number, tender = own.tender, sort = own.sort}
        call('HSET', v.key .. 'talk:' .. number, 'tender', of_tender, 'sort', own.sort,
             'area', text_of(r.area), 'author', own.author, 'at', v.at_text,
             'seq', text_of(v.seq), 'version', '1', 'edited_at', '0', 'state', 's',
             'agree', '0', 'disagree', '0', 'pass', '0')
        call('HSET', v.key .. 'xk:' .. number, '1', own.text)
        call('HSET', v.key .. 'talkers:' .. of_tender, own.author,
             own.mine == '' and number or own.mine .. ',' .. number)
        talk.number_given(v, 'talk', v.number)
        talk.count(v, own.tender, 'n', 1)
        talk.count_shown(v, k, 1)
        if own.mine == '' then talk.count(v, own.tender, 'contributors', 1) end
        if own.sort == 'amendment' then talk.amended(v, k) end
        call('ZADD', v.key .. 'newest:' .. of_tender, number, number)
        talk.place(v, {number = v.number, tender = own.tender, agree = 0, disagree = 0, pass = 0},
                   {})
        talk.said(v, own, 'k' .. number)
        community.save(v)
    end

    -- What a summary must be younger than.
    function talk.amended(v, k)
        call('HSET', v.key .. 'talks:' .. text_of(k.tender), 'amended', text_of(v.seq))
    end

    local function add(v, own)
        local no, r = talk.speaker(v, own)
        if no then return no end
        local t = tender.read(v, own.tender)
        if not t then return refuse('tender_unknown', 'tender', own.tender) end
        no = addition_refused(v, own, t, talk.sum(v, own.tender))
        if no then return no end
        v.number = talk.last_number(v, 'talk') + 1
        v.seq = log.append(v, 'talk_added', nil, {
            'tender', text_of(own.tender), 'talk', text_of(v.number), 'sort', own.sort,
            'area', text_of(r.area), 'text', own.hash})
        write_add(v, own, r)
        return {}
    end

    -- KEYS {slug}:c; ARGV head, resident, author, tender, sort, text_hash, text
    act{name = 'talk_add', object = 'talk', perform = add, read = function(args, v)
        count_in(args, 11)
        local own = talk.speaker_in(args, v)
        own.tender = number_in(args, 8, 0, NUMBER_MOST, 'tender')
        own.sort = args[9]
        if not KINDS[own.sort] then malformed('sort') end
        own.hash, own.text = hash_in(args, 10, false, 'text_hash'), text_in(args, 11)
        return own
    end}

    -- ---- talk_edit ----------------------------------------------------------------------------

    -- Somebody's own, not hidden, on a tender that still takes it; or the refusal.
    local function editable(v, own)
        local no, k = talk.known(v, own.talk)
        if no then return no end
        if k.author ~= own.author then return refuse('talk_not_yours') end
        if k.is_hidden then return refuse('talk_is_hidden', 'reason', k.reason) end
        no = talk.closed(v, tender.read(v, k.tender), k.sort)
        if no then return no end
        if k.version >= VERSIONS_MOST then
            return refuse('versions_too_many', 'versions', k.version, 'most', VERSIONS_MOST)
        end
        return nil, k
    end

    local function write_edit(v, own, k, version)
        local areas = {}
        for area = 0, 63 do areas[area + 1] = 'a:' .. text_of(area) end
        call('HDEL', k.key, unpack(areas))
        call('HSET', k.key, 'version', version, 'edited_at', v.at_text, 'state', 's',
             'agree', '0', 'disagree', '0', 'pass', '0')
        call('UNLINK', v.key .. 'stances:' .. text_of(own.talk))
        call('HSET', v.key .. 'xk:' .. text_of(own.talk), version, own.text)
        talk.said(v, own, 'k' .. text_of(own.talk))
        if k.sort == 'amendment' then talk.amended(v, k) end
        k.agree, k.disagree, k.pass = 0, 0, 0
        talk.place(v, k, {})
        community.save(v)
    end

    local function edit(v, own)
        local no, k = talk.speaker(v, own)
        if no then return no end
        no, k = editable(v, own)
        if no then return no end
        v.number = own.talk
        local version = text_of(k.version + 1)
        v.seq = log.append(v, 'talk_edited', nil, {
            'tender', text_of(k.tender), 'talk', text_of(own.talk), 'version', version,
            'text', own.hash})
        write_edit(v, own, k, version)
        return {}
    end

    local function talk_in(args, v, n)
        count_in(args, n)
        local own = talk.speaker_in(args, v)
        own.talk = number_in(args, 8, 0, NUMBER_MOST, 'talk')
        return own
    end
    talk.own_in = talk_in

    -- KEYS {slug}:c; ARGV head, resident, author, talk, text_hash, text
    act{name = 'talk_edit', object = 'talk', perform = edit, read = function(args, v)
        local own = talk_in(args, v, 10)
        own.hash, own.text = hash_in(args, 9, false, 'text_hash'), text_in(args, 10)
        return own
    end}

    -- ---- talk_stance --------------------------------------------------------------------------

    local NAMES = {a = 'agree', d = 'disagree', p = 'pass'}

    -- The stance and area that somebody has on it; '' and nil where none.
    function talk.stance_of(v, number, author)
        local row = call('HGET', v.key .. 'stances:' .. text_of(number), author)
        if not row then return '', nil end
        local stance, area = match(row, '^(%l) (%d+)$')
        return stance, tonumber(area)
    end

    local function write_stance(v, own, k, area, counts)
        local stances = v.key .. 'stances:' .. text_of(own.talk)
        if own.stance == '' then
            call('HDEL', stances, own.author)
        else
            call('HSET', stances, own.author, own.stance .. ' ' .. text_of(area))
        end
        call('HSET', k.key, 'agree', text_of(k.agree), 'disagree', text_of(k.disagree),
             'pass', text_of(k.pass), 'a:' .. text_of(area), talk.area_row(counts))
        talk.place(v, k, talk.by_area(v, k))
        community.save(v)
    end

    local function stance(v, own)
        local no, r = talk.speaker(v, own)
        if no then return no end
        local k
        no, k = talk.known(v, own.talk)
        if not no and k.is_hidden then no = refuse('talk_is_hidden', 'reason', k.reason) end
        no = no or talk.closed(v, tender.read(v, k.tender))
        if no then return no end
        v.number = own.talk
        local was, area = talk.stance_of(v, own.talk, own.author)
        area = area or r.area
        if was == own.stance then return {} end
        local counts = talk.area_counts(call('HGET', k.key, 'a:' .. text_of(area)))
        for mark, by in pairs({[was] = -1, [own.stance] = 1}) do
            local name = NAMES[mark]
            if name then k[name], counts[name] = k[name] + by, counts[name] + by end
        end
        v.seq = log.append(v, 'talk_stance', nil, {
            'tender', text_of(k.tender), 'talk', text_of(own.talk), 'area', text_of(area),
            'agree', text_of(counts.agree), 'disagree', text_of(counts.disagree),
            'pass', text_of(counts.pass)})
        write_stance(v, own, k, area, counts)
        return {}
    end

    -- KEYS {slug}:c; ARGV head, resident, author, talk, stance or ''
    act{name = 'talk_stance', object = 'talk', perform = stance, read = function(args, v)
        local own = talk_in(args, v, 9)
        own.stance = STANCES[args[9]]
        if not own.stance then malformed('stance') end
        return own
    end}

    -- ---- the gate -----------------------------------------------------------------------------

    -- Of a published tender: the refusal where its deliberation has not happened; nil.
    function talk.gate(v, t)
        local sum = talk.sum(v, t.number)
        local ends = t.published + t.days * DAY_MS
        local days = ends > v.at and floor((ends - v.at + DAY_MS - 1) / DAY_MS) or 0
        local contributors = max(0, t.contributors - sum.contributors)
        local sides = (sum.pro > 0) ~= (sum.contra > 0) and 1 or 0
        local asked = t.days > 0 or t.contributors > 0 or sum.n > 0
        local summary = asked and sum.summary <= sum.amended and 1 or 0
        if days + contributors + sides + summary == 0 then return nil end
        return refuse('deliberation_short', 'days', days, 'contributors', contributors,
                      'sides', sides, 'summary', summary)
    end

    -- What tender_opened says of it.
    function talk.opening_fields(v, t, fields)
        local sum = talk.sum(v, t.number)
        log.optional(fields, 'contributors', sum.contributors > 0 and text_of(sum.contributors)
                     or '')
        log.optional(fields, 'talks', sum.n > 0 and text_of(sum.n) or '')
    end
end
