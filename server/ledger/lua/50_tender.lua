-- 50_tender.lua -- tenders: `t:<n>`, their state in `st`, their live proposals in `tl:<n>`.
--
-- A tender ends by one flip (decided, lapsed, withdrawn, or its round is no longer open): what its
-- proposals hold goes back in one move, and no wallet is touched.
do
    local WORDS = {d = 'draft', b = 'deliberating', o = 'open', h = 'open', c = 'critical',
                   a = 'decided', l = 'lapsed', w = 'withdrawn'}
    local NUMBERS = {'round', 'ceiling', 'people_min', 'areas_min', 'area_people_min',
                     'awards_max', 'closes', 'late', 'held', 'awards', 'live', 'opened_seq',
                     -- these only where they are not 0
                     'window', 'days', 'contributors', 'need', 'published', 'critical',
                     'critical_since', 'critical_until', 'critical_seq', 'paused', 'pause_seq'}

    -- nil where there is none. t.state is what is written; t.word what people see.
    function tender.read(v, number)
        local r = call('HMGET', v.key .. 't:' .. text_of(number), 'body', 'theme', 'rule_hash',
                       'tally', unpack(NUMBERS))
        if not r[1] then return nil end
        local t = {number = number, body = r[1], theme = r[2], rule_hash = r[3],
                   tally = r[4] or 'open'}
        for i = 1, #NUMBERS do t[NUMBERS[i]] = tonumber(r[i + 4] or '0') end
        t.state = call('HGET', v.key .. 'st', 't' .. text_of(number))
        t.paused_until = pause.end_of(t.state)
        t.word = tender.word(v, t.state, t.round)
        return t
    end

    function tender.word(v, state, of_round)
        if tender.is_live_mark(state) and (v.c.open ~= 1 or of_round ~= v.c.round) then
            return 'lapsed'
        end
        return WORDS[sub(state, 1, 1)]
    end

    -- Of what stands in `st`: its letter, and behind it when a pause ends.
    function tender.is_live_mark(state)
        return state == 'o' or state == 'h' or state == 'c' or #state > 1
    end

    function tender.is_hidden(state) return byte(state) == 104 end -- h

    -- It takes pledges, holds money, ends with its round.
    function tender.is_live(word) return word == 'open' or word == 'critical' end

    function tender.has_ended(word)
        return not (tender.is_live(word) or word == 'draft' or word == 'deliberating')
    end

    -- The refusal of who wants to pledge on it, or nil.
    function tender.not_live(word)
        if tender.is_live(word) then return nil end
        if tender.has_ended(word) then return refuse('tender_closed', 'state', word) end
        return refuse('tender_not_open')
    end

    function tender.write_state(v, number, state)
        call('HSET', v.key .. 'st', 't' .. text_of(number), state)
    end

    -- Open or critical, and paused or not.
    function tender.write_live(v, t, letter)
        t.state = letter .. (t.paused_until > 0 and text_of(t.paused_until) or '')
        tender.write_state(v, t.number, t.state)
    end

    -- The proposals of an ended tender leave `ready`; their histograms have served. `cause`: seq of
    -- the record that released them; none where their round had done so before.
    function tender.release(v, number, cause)
        local key = v.key .. 'tl:' .. text_of(number)
        local live = call('SMEMBERS', key)
        if #live == 0 then return end
        local histograms = {}
        for i = 1, #live do histograms[i] = v.key .. 'h:' .. live[i] end
        call('ZREM', v.key .. 'ready', unpack(live))
        call('UNLINK', key, unpack(histograms))
        if cause then fallback.release(v, live, cause) end
    end

    -- Ends an open tender by the record that was just written: its money goes back.
    function tender.finish(v, t, state)
        local c = v.c
        c.held, c.free = c.held - t.held, c.free + t.held
        call('HSET', v.key .. 't:' .. text_of(t.number), 'held', '0')
        window.forget(v, t)
        pause.forget(v, t)
        tender.write_state(v, t.number, state)
        tender.release(v, t.number, c.seq - 1)
    end

    -- A deadline has come. What is no longer open goes without a record.
    function deadline.settles.t(v, number, due)
        local t = tender.read(v, number)
        if not tender.is_live(t.word) then
            tender.release(v, number)
            return
        end
        log.append(v, 'tender_lapsed', due, {'tender', text_of(number), 'held', text_of(t.held)})
        if tender.is_hidden(t.state) then sealing.disclose(v, number) end
        tender.finish(v, t, 'l')
    end

    -- Unknown, or of another body: the refusal; else nil and the tender.
    function tender.of_body(v, own)
        local t = tender.read(v, own.tender)
        if not t then return refuse('tender_unknown', 'tender', own.tender) end
        if own.body ~= '' and own.body ~= t.body then
            return refuse('not_your_body', 'body', t.body)
        end
        return nil, t
    end

    local function read_create(args)
        count_in(args, 22)
        local own = {body = word_in(args, 6, false, 'body'),
                     theme = word_in(args, 7, true, 'theme'),
                     ceiling = number_in(args, 8, 1, NUMBER_MOST, 'ceiling'),
                     people_min = number_in(args, 9, 1, NUMBER_MOST, 'people_min'),
                     areas_min = number_in(args, 10, 0, 64, 'areas_min'),
                     area_people_min = number_in(args, 11, 0, NUMBER_MOST, 'area_people_min'),
                     awards_max = number_in(args, 12, 1, 128, 'awards_max'),
                     closes = number_in(args, 13, 0, NUMBER_MOST, 'closes'),
                     late = number_in(args, 14, 0, 1, 'late'),
                     window = number_in(args, 15, 0, NUMBER_MOST, 'window'), tally = args[16],
                     days = number_in(args, 17, 0, NUMBER_MOST, 'days'),
                     contributors = number_in(args, 18, 0, NUMBER_MOST, 'contributors'),
                     need = number_in(args, 19, 0, ID_MOST, 'need'),
                     rule_hash = hash_in(args, 20, false, 'rule_hash'),
                     hash = hash_in(args, 21, false, 'text_hash'), text = text_in(args, 22)}
        if own.tally ~= 'open' and own.tally ~= 'hidden' then malformed('tally') end
        if (own.areas_min > 0) ~= (own.area_people_min > 0) then malformed('area_people_min') end
        return own
    end

    local function write_create(v, own, rule)
        local number = text_of(v.number)
        call('HSET', v.key .. 't:' .. number, 'body', own.body, 'theme', own.theme,
             'rule_hash', own.rule_hash, 'round', '0', 'held', '0', 'awards', '0', 'live', '0',
             'opened_seq', '0', 'wide', WIDE, unpack(rule))
        call('SET', v.key .. 'x:t' .. number, own.text)
        call('HSET', v.key .. 'st', 't' .. number, 'd', 'wide', WIDE)
        v.c.tender_n = v.number
        community.save(v)
    end

    local function create(v, own)
        if own.window > 0 and own.tally == 'hidden' then return refuse('window_hidden') end
        local areas = #v.c.codes
        if own.areas_min > areas then
            return refuse('breadth_unreachable', 'areas_min', own.areas_min, 'areas', areas)
        end
        if own.closes <= v.at then
            return refuse('closes_too_soon', 'closes', own.closes, 'now', v.at)
        end
        v.number = v.c.tender_n + 1
        local rule = {'ceiling', text_of(own.ceiling), 'people_min', text_of(own.people_min),
                      'areas_min', text_of(own.areas_min),
                      'area_people_min', text_of(own.area_people_min),
                      'awards_max', text_of(own.awards_max), 'closes', text_of(own.closes),
                      'late', text_of(own.late)}
        log.optional(rule, 'window', own.window > 0 and text_of(own.window) or '')
        log.optional(rule, 'tally', own.tally == 'hidden' and own.tally or '')
        log.optional(rule, 'days', own.days > 0 and text_of(own.days) or '')
        log.optional(rule, 'contributors', own.contributors > 0 and text_of(own.contributors) or '')
        log.optional(rule, 'need', own.need > 0 and text_of(own.need) or '')
        local fields = {'tender', text_of(v.number), 'body', own.body}
        log.optional(fields, 'theme', own.theme)
        for i = 1, #rule do fields[#fields + 1] = rule[i] end
        log.optional(fields, 'rule_hash', own.rule_hash)
        log.optional(fields, 'text', own.hash)
        v.seq = log.append(v, 'tender_created', nil, fields)
        write_create(v, own, rule)
        return {}
    end

    -- KEYS {slug}:c; ARGV head, body, theme, ceiling, people_min, areas_min, area_people_min,
    -- awards_max, closes, late, window, tally, days, contributors, need, rule_hash, text_hash, text
    act{name = 'tender_create', object = 'tender', read = read_create, perform = create}

    local function read_open(args)
        count_in(args, 9)
        return {tender = number_in(args, 6, 0, NUMBER_MOST, 'tender'),
                body = word_in(args, 7, true, 'actor_body'),
                key = bytes_in(args, 8, 32, 32, 'tally_key'),
                key_hash = hash_in(args, 9, false, 'tally_key_hash')}
    end

    local function opening_refused(v, t)
        local c = v.c
        if t.word == 'draft' and c.members_min > 0 then return refuse('tender_not_published') end
        if t.word ~= 'draft' and t.word ~= 'deliberating' then
            return refuse('tender_not_draft', 'state', t.word)
        end
        if c.open ~= 1 then return refuse('round_not_open') end
        if t.closes <= v.at then
            return refuse('closes_too_soon', 'closes', t.closes, 'now', v.at)
        end
        if t.closes > c.closes then
            return refuse('closes_after_round', 'closes', t.closes, 'round_closes', c.closes)
        end
        if t.window > 0 and t.window >= t.closes - v.at then
            return refuse('window_too_long', 'window', t.window, 'left', t.closes - v.at)
        end
        local headroom = community.headroom(v, t.theme)
        if t.ceiling > headroom then
            return refuse('ceiling_over_headroom', 'ceiling', t.ceiling, 'headroom', headroom)
        end
        if t.live == 0 and t.late == 0 then return refuse('proposals_none') end
        return t.word == 'deliberating' and (shape.unjudged(v, t) or talk.gate(v, t)) or nil
    end

    local function open(v, own)
        local no, t = tender.of_body(v, own)
        no = no or opening_refused(v, t) or sealing.refused(v, t)
        if no then return no end
        local round_text = text_of(v.c.round)
        v.number = own.tender
        local fields = {'tender', text_of(own.tender), 'round', round_text,
                        'rule_hash', t.rule_hash, 'proposals', text_of(t.live)}
        local hidden = t.tally == 'hidden'
        if t.word == 'deliberating' then talk.opening_fields(v, t, fields) end
        log.optional(fields, 'tally_key_hash', hidden and own.key_hash or '')
        v.seq = log.append(v, 'tender_opened', nil, fields)
        call('HSET', v.key .. 't:' .. text_of(own.tender), 'round', round_text,
             'opened_seq', text_of(v.seq))
        local live = call('SMEMBERS', v.key .. 'tl:' .. text_of(own.tender))
        for i = 1, #live do call('HSET', v.key .. 'p:' .. live[i], 'round', round_text) end
        tender.write_state(v, own.tender, hidden and 'h' or 'o')
        if hidden then sealing.begin(v, own.tender, own.key) end
        deadline.add(v, t.closes, deadline.member(v.seq, 't', own.tender))
        community.save(v)
        return {}
    end

    -- KEYS {slug}:c; ARGV head, tender, actor_body, tally_key, tally_key_hash
    act{name = 'tender_open', object = 'tender', read = read_open, perform = open}

    local function read_withdraw(args)
        if #args ~= 9 then count_in(args, 7) end
        local own = approval.asked_in(#args == 9 and args or {[8] = '', [9] = ''}, 8)
        own.tender = number_in(args, 6, 0, NUMBER_MOST, 'tender')
        own.body = word_in(args, 7, true, 'actor_body')
        return own
    end

    local function withdraw(v, own)
        local no, t = tender.of_body(v, own)
        if no then return no end
        if tender.has_ended(t.word) then return refuse('tender_closed', 'state', t.word) end
        v.number = own.tender
        no = tender.is_live(t.word)
            and approval.judge(v, 'tender_withdraw', own, 't' .. text_of(v.number))
        if no then return no end
        v.seq = log.append(v, 'tender_withdrawn', nil,
                           {'tender', text_of(own.tender), 'held', text_of(t.held)})
        if tender.is_hidden(t.state) then sealing.disclose(v, own.tender) end
        if tender.is_live(t.word) then
            deadline.remove(v, deadline.member(t.opened_seq, 't', own.tender))
        end
        tender.finish(v, t, 'w')
        approval.spend(v)
        community.save(v)
        return {}
    end

    -- KEYS {slug}:c; ARGV head, tender, actor_body [, person, digest]
    act{name = 'tender_withdraw', object = 'tender', read = read_withdraw, perform = withdraw,
        flags = {'allow-oom'}}
end
