-- 78_voice.lua -- what those who pledged found of a milestone: confirmed or disputed, once each.
--
-- `cv:<n>`: `<milestone> <wallet>` -> c or d. The wallet is that of the round in which the proposal
-- was activated, which may have closed long ago.
do
    local KINDS = {c = 'milestone_confirmed', d = 'milestone_disputed'}

    local function speaking_refused(v, own, k)
        if own.round ~= k.round then return refuse('round_changed', 'round', k.round) end
        v.round = own.round
        if wallet.load(v, own.wallet) then
            local flat = wallet.entries(v)
            for i = 1, #flat, 4 do
                if flat[i] == k.number then return nil end
            end
        end
        return refuse('commission_not_yours')
    end

    local function judge(v, own)
        local r = resident.read(v, v.subject)
        if not r or r.state ~= 'm' then return refuse('resident_unknown') end
        local k = contract.read(v, own.commission)
        if not k then return refuse('commission_unknown', 'commission', own.commission) end
        local no, m = speaking_refused(v, own, k)
        if no then return no end
        if k.state ~= 'c' and k.state ~= 'd' then
            return refuse('commission_state', 'state', contract.STATES[k.state])
        end
        no, m = contract.milestone_in(v, k, own, 'r')
        if no then return no end
        own.field = text_of(m.number) .. ' ' .. own.wallet
        if call('HEXISTS', v.key .. 'cv:' .. text_of(k.number), own.field) == 1 then
            return refuse('milestone_spoken')
        end
        return nil, k, m
    end

    local function speak(v, own, mark)
        local no, k, m = judge(v, own)
        if no then return no end
        if mark == 'c' then
            m.confirmed = m.confirmed + 1
        else
            m.disputed = m.disputed + 1
        end
        v.number = k.number
        contract.record(v, KINDS[mark], {
            'round', text_of(own.round), 'wallet', own.wallet, 'commission', text_of(k.number),
            'milestone', text_of(m.number), 'confirmed', text_of(m.confirmed),
            'disputed', text_of(m.disputed)}, own.hash)
        contract.write_milestone(k, m)
        call('HSET', v.key .. 'cv:' .. text_of(k.number), own.field, mark)
        if own.hash ~= '' then
            call('SET', contract.text_key(v, k.number, 'd' .. text_of(m.number)), own.text)
        end
        community.save(v)
        return {}
    end

    local function read_voice(args, disputes)
        count_in(args, 11)
        return {resident = args[2], round = number_in(args, 6, 0, NUMBER_MOST, 'round'),
                wallet = wallet_in(args, 7, false, 'wallet'),
                commission = number_in(args, 8, 0, NUMBER_MOST, 'commission'),
                milestone = number_in(args, 9, 0, NUMBER_MOST, 'milestone'),
                hash = hash_in(args, 10, not disputes, 'text_hash'), text = text_in(args, 11)}
    end

    -- KEYS {slug}:c; ARGV head (subject: the resident), round, wallet, commission, milestone,
    -- text_hash, text
    act{name = 'milestone_confirm', object = 'commission',
        read = function(args)
            if args[10] ~= '' then malformed('text_hash') end
            return read_voice(args, false)
        end,
        perform = function(v, own) return speak(v, own, 'c') end}

    -- The same.
    act{name = 'milestone_dispute', object = 'commission',
        read = function(args) return read_voice(args, true) end,
        perform = function(v, own) return speak(v, own, 'd') end}
end
