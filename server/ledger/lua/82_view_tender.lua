-- 82_view_tender.lua -- readers of tenders, proposals, pledges, wallets and residents.
--
-- The forms are those of 80_view_community.lua; the lists (tenders, proposals) are in
-- 83_view_lists.lua. Names:
--   tender_view, tenders      tender round ceiling people_min areas_min area_people_min awards_max
--                             awards closes late window(s) tally deliberation_days
--                             deliberation_contributors answers held headroom
--                             proposals(live) critical(proposal) critical_since critical_until
--                             paused_until pause(text) state body theme rule_hash text
--   proposal_view, proposals  proposal tender rho price pledged people people_min areas_ok
--                             areas_min area_people_min headroom critical_since critical_until
--                             help(how many) help_offered help_people state version, and judged
--                             judged_at reasons merge_with merge_into merged_into where they are,
--                             text; of one alone, areas(area:people,...)
--   pledge_view               see pledge.answer in 70_pledge.lua; seq is that of the last record
--   wallet_view               head: seq at round open area allotment free held spent token closes;
--                             item: proposal tender amount worth state(held, spent, released)
--                             record(seq of the record that set it) text
--                             fallback (where any wait)
--   resident_view             area epoch granted state(member, left)
do
    local view = community.view
    local add_all, text_at = view.add_all, view.text_at

    local function tender_item(v, list, t)
        if not tender.is_live(t.word) or tender.is_hidden(t.state) then t.held = 0 end
        t.tender, t.state, t.proposals = t.number, t.word, t.live
        t.window, t.answers = floor(t.window / 1000), t.need
        t.deliberation_days, t.deliberation_contributors = t.days, t.contributors
        if not tender.is_live(t.word) then t.paused_until = 0 end
        if t.word ~= 'critical' then
            t.critical, t.critical_since, t.critical_until = 0, 0, 0
        end
        t.pause = t.paused_until > 0 and text_at(v, 'u' .. text_of(t.number)) or ''
        if tender.is_live(t.word) then t.closes = min(t.closes, v.c.closes) end
        t.headroom = community.headroom(v, t.theme)
        t.text = text_at(v, 't' .. text_of(t.number))
        return add_all(list, t, {
            'tender', 'round', 'ceiling', 'people_min', 'areas_min', 'area_people_min',
            'awards_max', 'awards', 'closes', 'late', 'window', 'tally', 'deliberation_days',
            'deliberation_contributors', 'answers', 'held', 'headroom', 'proposals', 'critical',
            'critical_since', 'critical_until', 'paused_until', 'pause', 'state', 'body', 'theme',
            'rule_hash', 'text'})
    end

    -- KEYS {slug}:c; ARGV now_ms, tender
    reader{name = 'tender_view', read = view.read_number, look = function(v, own)
        local t = tender.read(v, own.number)
        if not t then return refuse('tender_unknown', 'tender', own.number) end
        return tender_item(v, {'ok'}, t)
    end}

    local function proposal_item(v, list, p, t)
        local state = proposal.state(v, p.number)
        p.proposal, p.pledged, p.people = p.number, p.sum, p.n
        if tender.is_hidden(t.state) then p.pledged, p.people, p.areas_ok = 0, 0, 0 end
        p.rho = call('HGET', p.key, 'rho') or '0'
        p.people_min, p.areas_min, p.area_people_min = t.people_min, t.areas_min, t.area_people_min
        p.headroom = community.headroom(v, p.theme)
        local critical = t.word == 'critical' and t.critical == p.number
        p.critical_since = critical and t.critical_since or 0
        p.critical_until = critical and t.critical_until or 0
        p.state = proposal.word(state, t.word)
        offer.describe(v, p)
        p.text = text_at(v, 'p' .. text_of(p.number))
        shape.describe(v, p)
        return add_all(list, p, {
            'proposal', 'tender', 'rho', 'price', 'pledged', 'people', 'people_min', 'areas_ok',
            'areas_min', 'area_people_min', 'headroom', 'critical_since', 'critical_until', 'help',
            'help_offered', 'help_people', 'state', 'version', 'judged', 'judged_at', 'reasons',
            'merge_with', 'merge_into', 'merged_into', 'text'})
    end

    -- How many pledge in each area; nobody while the tally is hidden.
    local function people_by_area(v, p, t)
        if tender.is_hidden(t.state) then return '' end
        local names, counts = {}, {}
        for i = 1, #v.c.codes do names[i] = proposal.people_of_area(i - 1) end
        local r = call('HMGET', p.key, unpack(names))
        for i = 1, #names do counts[i - 1] = number_of(r[i] or '0') end
        return pairs_by_area(counts)
    end

    -- KEYS {slug}:c; ARGV now_ms, proposal
    reader{name = 'proposal_view', read = view.read_number, look = function(v, own)
        local p = proposal.read(v, own.number)
        if not p then return refuse('proposal_unknown', 'proposal', own.number) end
        local t = tender.read(v, p.tender)
        local ok = proposal_item(v, {'ok'}, p, t)
        ok[#ok + 1], ok[#ok + 2] = 'areas', people_by_area(v, p, t)
        return ok
    end}

    -- For the lists of them.
    view.tender_item, view.proposal_item = tender_item, proposal_item

    local function wallet_in_round(args)
        return {resident = bytes_in(args, 2, 1, 64, 'resident'),
                round = number_in(args, 3, 0, NUMBER_MOST, 'round'),
                wallet = wallet_in(args, 4, true, 'wallet')}
    end

    -- v.wallet, v.area, v.granted of a resident in the last round; or the refusal.
    local function look_into(v, own)
        local c = v.c
        if own.round ~= c.round then return refuse('round_changed', 'round', c.round) end
        local r = resident.read(v, own.resident)
        if not r then return refuse('resident_unknown') end
        v.round, v.area, v.epoch, v.seq = own.round, r.area, r.epoch, c.seq - 1
        v.granted = wallet.load(v, own.wallet) or (c.round > 0 and resident.is_granted(v, r))
        return nil
    end

    -- KEYS {slug}:c; ARGV now_ms, resident, round, wallet, proposal
    reader{name = 'pledge_view', read = function(args)
        count_in(args, 5)
        local own = wallet_in_round(args)
        own.number = number_in(args, 5, 0, NUMBER_MOST, 'proposal')
        return own
    end, look = function(v, own)
        local no = look_into(v, own)
        if no then return no end
        local p = pledge.look_at(v, own.number)
        if not p then return refuse('proposal_unknown', 'proposal', own.number) end
        v.record = v.index and wallet.entry_seq(v)
        local ok = pledge.answer(v, p)
        ok[#ok + 1], ok[#ok + 2] = 'epoch', text_of(v.epoch)
        return ok
    end}

    local function wallet_items(v, ok)
        local flat, held, spent = wallet.entries(v), 0, 0
        for i = 1, #flat, 4 do
            local number, of_tender, amount = flat[i], flat[i + 1], flat[i + 2]
            local states = call('HMGET', v.key .. 'st', 'p' .. text_of(number),
                                't' .. text_of(of_tender))
            local word, worth = wallet.worth(v, amount, states[1], states[2])
            if word == 'held' then held = held + worth else spent = spent + worth end
            local item = {'proposal', text_of(number), 'tender', text_of(of_tender),
                          'amount', text_of(amount), 'worth', text_of(worth), 'state', word,
                          'record', text_of(flat[i + 3]),
                          'text', text_at(v, 'p' .. text_of(number))}
            if word ~= 'spent' then
                log.optional(item, 'fallback', fallback.waiting(v, number, flat[i + 3]))
            end
            ok[#ok + 1] = item
        end
        return held, spent
    end

    -- KEYS {slug}:c; ARGV now_ms, resident, round, wallet
    reader{name = 'wallet_view', read = function(args)
        count_in(args, 4)
        return wallet_in_round(args)
    end, look = function(v, own)
        local no = look_into(v, own)
        if no then return no end
        local c, ok = v.c, {'ok', {}}
        local held, spent = wallet_items(v, ok)
        local granted = v.granted and c.allotment or 0
        local w = {seq = v.seq, at = c.at, round = c.round, area = v.area, allotment = granted,
                   open = c.open, epoch = v.epoch,
                   held = held, spent = spent, token = c.token, closes = c.closes,
                   free = c.open == 1 and granted - held - spent or 0}
        add_all(ok[2], w, {'seq', 'at', 'round', 'open', 'area', 'allotment', 'free', 'held',
                           'spent', 'token', 'closes', 'epoch'})
        return ok
    end}

    -- KEYS {slug}:c; ARGV now_ms, resident
    reader{name = 'resident_view', read = function(args)
        count_in(args, 2)
        return {resident = bytes_in(args, 2, 1, 64, 'resident')}
    end, look = function(v, own)
        local r = resident.read(v, own.resident)
        if not r then return refuse('resident_unknown') end
        local granted = v.c.open == 1 and resident.is_granted(v, r)
        return {'ok', 'area', text_of(r.area), 'epoch', text_of(r.epoch),
                'granted', granted and '1' or '0', 'state', r.state == 'm' and 'member' or 'left'}
    end}
end
