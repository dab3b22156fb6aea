-- 19_notice.lua -- what somebody should know: the notable records, told to those whom they concern.
--
-- `events` is a stream with the id and the fields of each record of a notable kind, the last 2,000
-- of them. Nobody is written to: a reader looks at the events with the eyes of one person (which
-- proposals they pledged to, which body they serve, whether they watch for the trust), so that a
-- notice costs nothing however many it concerns, and each is told once by being one entry.
--   `noticed`  who -> seq up to which they have seen their notices
-- `who` is a resident's id, or of staff a person's word. None of this is in the log. Who wants them
-- by mail: 39_mailing.lua. What a notice says in words is the desk's (desk/notice_say.c).
do
    local KEPT, PAGE, PAGES_MOST, EACH_MOST = '2000', 100, 21, 100
    local SOON_MS = 3 * DAY_MS

    -- Whom a kind concerns. residents: those with a pledge on the record's proposal (whose number a
    -- commission has), on any proposal of its tender, the wallet of the record alone, or everybody.
    local CONCERNS = {
        round_opened = {residents = 'all'},
        round_closed = {residents = 'all'},
        tender_lapsed = {residents = 'tender', body = true},
        tender_withdrawn = {residents = 'tender', body = true, trust = true},
        tender_critical = {residents = 'proposal', body = true, trust = true},
        tender_reopened = {residents = 'proposal', body = true},
        tender_paused = {residents = 'tender', body = true, trust = true},
        tender_resumed = {residents = 'tender', body = true, trust = true},
        proposal_submitted = {body = true},
        proposal_amended = {body = true},
        proposals_merged = {body = true},
        proposal_withdrawn = {residents = 'proposal', body = true},
        fallback_dropped = {residents = 'wallet'},
        commission_activated = {residents = 'tender', body = true, trust = true},
        contract_signed = {residents = 'proposal', body = true},
        milestone_reported = {residents = 'proposal', body = true},
        milestone_disputed = {body = true, trust = true},
        milestone_accepted = {residents = 'proposal'},
        outcome_reported = {residents = 'proposal', body = true, trust = true},
        commission_completed = {residents = 'proposal', body = true, trust = true},
        commission_terminated = {residents = 'proposal', body = true, trust = true},
        body_suspended = {body = true, trust = true},
        body_restored = {body = true, trust = true},
        talk_appealed = {body = true, trust = true},
        talk_ruled = {body = true},
        need_raised = {trust = true},
    }

    at_first_call[#at_first_call + 1] = function()
        for kind in pairs(CONCERNS) do log.notable[kind] = true end
    end

    -- Called by log.append behind the record.
    function notice.note(v, seq, kind, due, fields)
        call('XADD', v.key .. 'events', 'MAXLEN', '~', KEPT, text_of(seq) .. '-1', 'at', v.at_text,
             'kind', kind, 'due', due and text_of(due) or '', unpack(fields))
    end

    -- Whoever leaves is told nothing more.
    function notice.forget(v, who)
        call('HDEL', v.key .. 'noticed', who)
        call('HDEL', v.key .. 'mailing', who)
    end

    -- ---- the eyes of one person -----------------------------------------------------------------

    -- v.mine[proposal] and v.of_tender[tender] = {amount, state words} of a resident's wallets.
    local function gather(v, own)
        v.mine, v.of_tender, v.wallets = {}, {}, {}
        for i = 1, #own.wallets do
            v.round = own.wallets[i].round
            v.wallets[own.wallets[i].id] = true
            if wallet.load(v, own.wallets[i].id) then
                local flat = wallet.entries(v)
                for k = 1, #flat, 4 do
                    v.mine[flat[k]] = flat[k + 2]
                    v.of_tender[flat[k + 1]] = v.of_tender[flat[k + 1]] or {}
                    local of = v.of_tender[flat[k + 1]]
                    of[#of + 1] = {proposal = flat[k], amount = flat[k + 2], round = v.round}
                end
            end
        end
    end

    local function tender_of(v, e)
        if e.tender then return tonumber(e.tender) end
        local number = e.proposal or e.commission
        if not number then return nil end
        v.tender_of = v.tender_of or {}
        if not v.tender_of[number] then
            v.tender_of[number] = tonumber(call('HGET', v.key .. 'p:' .. number, 'tender') or '0')
        end
        return v.tender_of[number]
    end

    local function body_of(v, e)
        if e.body then return e.body end
        local number = tender_of(v, e)
        if not number then return nil end
        v.body_of = v.body_of or {}
        if not v.body_of[number] then
            v.body_of[number] = call('HGET', v.key .. 't:' .. text_of(number), 'body') or ''
        end
        return v.body_of[number]
    end

    -- nil where it does not concern this resident; else how: `proposal`, `tender` or `all`, and the
    -- amount that they had pledged.
    local function concerns_resident(v, e, whom)
        if whom == 'all' then return 'all', 0 end
        if whom == 'wallet' then
            if v.wallets[e.wallet] then return 'proposal', tonumber(e.amount or '0') end
            return nil
        end
        local number = tonumber(e.proposal or e.commission or '0')
        if v.mine[number] then return 'proposal', v.mine[number] end
        if whom ~= 'tender' then return nil end
        local of = v.of_tender[tender_of(v, e)]
        if not of then return nil end
        -- An award that leaves the tender open concerns nobody else yet.
        if e.kind == 'commission_activated' and e.released == '0'
            and call('HGET', v.key .. 'st', 't' .. text_of(tender_of(v, e))) ~= 'a' then
            return nil
        end
        return 'tender', of[1].amount
    end

    local function concerns(v, own, e)
        local of = CONCERNS[e.kind]
        if not of then return nil end
        if own.role == 'resident' then
            if not of.residents then return nil end
            return concerns_resident(v, e, of.residents)
        end
        if own.role == 'trust' then return of.trust and 'trust', 0 end
        if of.body and body_of(v, e) == own.body then return 'body', 0 end
        return nil
    end

    local function share_of(v, e, how, amount)
        if how ~= 'proposal' or e.kind ~= 'commission_activated' then return amount end
        return min(amount, tonumber(e.rho))
    end

    local function item(v, e, how, amount, seen)
        local i = {'seq', text_of(e.seq), 'at', e.at, 'kind', e.kind, 'how', how,
                   'amount', text_of(share_of(v, e, how, amount)),
                   'seen', e.seq <= seen and '1' or '0'}
        local function add(name, value)
            if value then i[#i + 1], i[#i + 2] = name, value end
        end
        local number = tender_of(v, e)
        add('tender', number and text_of(number))
        add('proposal', e.proposal or e.commission)
        add('body', e.body)
        add('milestone', e.milestone)
        add('until', e['until'])
        return i
    end

    -- Tenders with a pledge of mine that close within three days.
    local function closing_soon(v, own, ok)
        if own.role ~= 'resident' or own.before > 0 or v.c.open ~= 1 then return end
        for number, of in pairs(v.of_tender) do
            local t = of[1].round == v.c.round and tender.read(v, number)
            local soon = t and t.closes - SOON_MS
            if t and (t.word == 'open' or t.word == 'critical') and soon <= v.at
                and soon > own.since then
                ok[#ok + 1] = {'seq', text_of(t.opened_seq), 'at', text_of(soon),
                               'kind', 'tender_closes_soon', 'how', 'tender',
                               'amount', text_of(of[1].amount), 'seen', '0',
                               'tender', text_of(number), 'until', text_of(t.closes)}
            end
        end
    end

    local function event(entry)
        local e, f = {seq = tonumber(match(entry[1], '^%d+'))}, entry[2]
        for k = 1, #f, 2 do e[f[k]] = f[k + 1] end
        return e
    end

    -- Goes back through the events until `each` says that it is enough.
    local function walk(v, before, each)
        local from = before > 0 and '(' .. text_of(before) .. '-1' or '+'
        for _ = 1, PAGES_MOST do
            local list = call('XREVRANGE', v.key .. 'events', from, '-', 'COUNT', text_of(PAGE))
            for i = 1, #list do
                if each(event(list[i])) then return end
            end
            if #list < PAGE then return end
            from = '(' .. list[#list][1]
        end
    end

    local function look(v, own)
        local c, first = v.c, own.wallets[1]
        if own.role == 'resident' and c.round > 0 and (not first or first.round ~= c.round) then
            return refuse('round_changed', 'round', c.round)
        end
        gather(v, own)
        local seen = tonumber(call('HGET', v.key .. 'noticed', own.who) or '-1')
        local mailed = call('HEXISTS', v.key .. 'mailing', own.who)
        local row = call('HGET', v.key .. 'residents', own.who)
        local ok = {'ok', {'next', '0', 'mail', text_of(mailed),
                           'epoch', row and match(row, '^%d+ %l (%d+)') or '0'}}
        closing_soon(v, own, ok)
        walk(v, own.before, function(e)
            if tonumber(e.at) <= own.since then return true end
            local how, amount = concerns(v, own, e)
            if how and #ok - 1 > own.limit then
                ok[2][2] = text_of(e.seq + 1)
                return true
            end
            if how then ok[#ok + 1] = item(v, e, how, amount, seen) end
            return false
        end)
        return ok
    end

    local ROLES = {resident = true, clerk = true, trust = true}
    local function role_in(args, i)
        if not ROLES[args[i]] then malformed('role') end
        return args[i]
    end

    -- who, role, body ('' but for a clerk), from the i-th argument on.
    function notice.person_in(args, i)
        return {who = mark_in(args, i, 1, 128, 'who'), role = role_in(args, i + 1),
                body = word_in(args, i + 2, true, 'body')}
    end

    -- KEYS {slug}:c; ARGV now_ms, who, role, body, before (seq; 0: from the newest on), since (ms),
    -- limit, then of a resident up to four times round, wallet
    reader{name = 'notices', look = look, read = function(args)
        local own = notice.person_in(args, 2)
        own.before = number_in(args, 5, 0, NUMBER_MOST, 'before')
        own.since = number_in(args, 6, 0, NUMBER_MOST, 'since')
        own.limit = number_in(args, 7, 1, EACH_MOST, 'limit')
        own.wallets = {}
        if #args > 15 or #args % 2 == 0 then malformed('arguments') end
        for i = 8, #args, 2 do
            own.wallets[#own.wallets + 1] = {round = number_in(args, i, 1, NUMBER_MOST, 'round'),
                                             id = wallet_in(args, i + 1, false, 'wallet')}
        end
        return own
    end}

    -- KEYS {slug}:c; ARGV head, who, role, body, seq
    act{name = 'notices_seen', perform = function(v, own)
        call('HSET', v.key .. 'noticed', own.who, text_of(min(own.seq, v.c.seq - 1)))
        return {}
    end, read = function(args)
        count_in(args, 9)
        local own = notice.person_in(args, 6)
        own.seq = number_in(args, 9, 0, NUMBER_MOST, 'seq')
        own.resident = own.role == 'resident' and own.who or nil
        return own
    end}
end
