-- 37_erase.lua -- a resident is forgotten: every row that leads to them goes, the log stays whole.
--
-- `gone` remembers the bare id with its epoch and the round in which it held an allotment, so that
-- who registers again in that round holds no second one and no old token revives.
do
    local function read(args)
        if #args ~= 12 then count_in(args, 11) end
        local own = approval.asked_in(args, 10)
        own.author = args[12] and wallet_in(args, 12, true, 'author') or ''
        own.resident = id_in(args, 6, false, 'resident')
        own.round = number_in(args, 7, 0, NUMBER_MOST, 'round')
        own.wallet = wallet_in(args, 8, true, 'wallet')
        own.keep = number_in(args, 9, 0, 1, 'keep') == 1
        return own
    end

    local function forget(v, id)
        local account = call('HGET', v.key .. 'accounts', id)
        code.forget(v, id)
        entry.forget(v, id)
        notice.forget(v, id)
        offer.forget(v, id)
        body.forget(v, 'r:' .. id)
        if account then body.forget(v, 'a:' .. account) end
        call('HDEL', v.key .. 'residents', id)
        if account then
            call('HDEL', v.key .. 'accounts', id)
            call('HDEL', v.key .. 'members', account)
        end
        return account or ''
    end

    local function erase(v, own)
        local id = own.resident
        local r = resident.read(v, id)
        if not r then return refuse('resident_unknown') end
        local member = r.state == 'm'
        local no = member and resident.leaving_refused(v, own)
            or (id ~= v.subject and approval.judge(v, 'resident_erase', own, id))
        if no then return no end
        if member then resident.depart(v, r, own) end
        call('HSET', v.key .. 'gone', id,
             concat({text_of(r.epoch), text_of(r.granted), v.at_text}, ' '))
        approval.spend(v)
        entry.remember_person(v, id, r.granted)
        local account = forget(v, id)
        if own.author ~= '' then talk.forget(v, own.author) end
        journal.add(v, 'erased', text_of(r.area), '', own.keep and 'kept' or '', '')
        return {'account', account}
    end

    -- KEYS {slug}:c; ARGV head, resident, round, wallet, keep (0 or 1), person, digest [, author:
    -- 25_speaker.lua]
    act{name = 'resident_erase', read = read, perform = erase, flags = {'allow-oom'}}
end
