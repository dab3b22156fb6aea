-- 68_wallet.lua -- one resident's budget in one round: a packed row of `w:<round>`.
--
-- A row, big-endian: version (1, or 2 where it ever had fallbacks), area, number of pledges, number
-- of keys (a byte each); then 16 bytes a pledge: proposal (4), tender (4), amount (3), seq (5) of
-- the pledge_set that gave it; then 17 bytes a remembered key, oldest first, at most 8: key hash
-- (8), body hash (4), seq (5).
-- What a pledge is worth is not in the row: it follows from the states of its proposal and tender.
do
    local PLAIN, HEAD, ENTRY_SIZE, KEY_SIZE, KEYS_MOST = 1, 4, 16, 17, 8
    local ENTRY, KEY = '>I4I4I3I5', '>c8c4I5'
    local ENTRIES = {} -- format of n pledges
    at_first_call[#at_first_call + 1] = function()
        for n = 0, PLEDGES_MOST do ENTRIES[n] = '>' .. rep('I4I4I3I5', n) end
    end

    -- v.row, v.version, v.area, v.entries_n; false where there is no such row.
    function wallet.load(v, id)
        v.wallet = id
        v.row = call('HGET', v.names.wallets(v.round), id)
        if not v.row then
            v.row, v.version, v.entries_n, v.keys_n = false, PLAIN, 0, 0
            return false
        end
        v.version, v.area, v.entries_n, v.keys_n = byte(v.row, 1, 4)
        return true
    end

    -- Gives a wallet without pledges a row, so that its area stays what it was at the grant.
    function wallet.ensure(v, id, area)
        v.round = v.c.round
        if not wallet.load(v, id) then
            call('HSET', v.names.wallets(v.round), id, char(PLAIN, area, 0, 0))
        end
    end

    -- nil, or the seq that the key was answered with, or 'reused'.
    local function find_key(v)
        local row = v.row
        local from = HEAD + v.entries_n * ENTRY_SIZE + 1
        local at = find(row, v.key_hash, from, true)
        while at and (at - from) % KEY_SIZE ~= 0 do at = find(row, v.key_hash, at + 1, true) end
        if not at then return nil end
        if sub(row, at + 8, at + 11) ~= v.body_hash then return 'reused' end
        return (unpacked('>I5', row, at + 12))
    end

    -- Steps a to e of the acts on pledges: nil, or the refusal; v.replayed and v.seq are set where
    -- the key is known.
    function wallet.admit(v)
        local c = v.c
        if c.open ~= 1 then return refuse('round_not_open') end
        if v.round ~= c.round then return refuse('round_changed', 'round', c.round) end
        local row = call('HGET', v.names.residents, v.subject)
        local state, epoch = match(row or '', '^%d+ (%l) (%d+)')
        if state ~= 'm' then return refuse('resident_unknown') end
        if number_of(epoch) ~= v.epoch then return refuse('signed_out') end
        v.granted = wallet.load(v, v.wallet)
        if not v.granted then
            local r = resident.parse(row)
            v.granted, v.area = resident.is_granted(v, r), r.area
            return nil
        end
        local seq = find_key(v)
        if seq == 'reused' then return refuse('key_reused') end
        if seq then v.seq, v.replayed = seq, true end
        return nil
    end

    -- Whether live pledges on proposals of this tender are held.
    local function tender_holds(v, state)
        return tender.is_live_mark(state) and v.c.open == 1
    end

    -- On a proposal that is live no longer.
    local function spent_of(amount, state)
        return state == 'w' and 0 or min(amount, tonumber(sub(state, 2)))
    end

    -- held, spent or released, and how much of the wallet it takes.
    function wallet.worth(v, amount, state, tender_state)
        if state == 'l' then
            if tender_holds(v, tender_state) then return 'held', amount end
            return 'released', 0
        end
        if state == 'w' then return 'released', 0 end
        return 'spent', spent_of(amount, state)
    end

    -- Lists that serve every call; see 65_histogram.lua.
    local names, tenders = {}, {}

    -- The names in `st` that decide what the wallet is worth: of each pledge's proposal in the
    -- order of the row, of p and its tender, of each other tender; into `names`, how many there
    -- are, and the place of each tender.
    local function name_states(flat, p)
        local n, tenders_n, place = 0, 0, {[p.tender] = 0}
        for i = 1, #flat - 1, 4 do
            n = n + 1
            names[n] = state_of_proposal(flat[i])
            local number = flat[i + 1]
            if not place[number] then
                tenders_n = tenders_n + 1
                tenders[tenders_n], place[number] = number, 0
            end
        end
        names[n + 1], names[n + 2] = state_of_proposal(p.number), state_of_tender(p.tender)
        n = n + 2
        place[p.tender] = n
        for i = 1, tenders_n do
            n = n + 1
            names[n], place[tenders[i]] = state_of_tender(tenders[i]), n
        end
        return n, place
    end

    -- With 32 pledges two thirds of a pledge's time went here: most are held, which is told
    -- without a call. v.seen: a pledge is there whose tally is not hidden.
    local function weigh_all(v, p)
        local flat = {unpacked(ENTRIES[v.entries_n], v.row, HEAD + 1)}
        local n, place = name_states(flat, p)
        local states = call('HMGET', v.names.st, unpack(names, 1, n))
        v.state, v.tender_state = states[v.entries_n + 1], states[v.entries_n + 2]
        v.index, v.amount, v.pledge, v.worth = nil, 0, 'none', 0
        local target, held, spent, live, holds = p.number, 0, 0, 0, {}
        for tender_number, at in pairs(place) do
            holds[tender_number] = tender_holds(v, states[at])
            if tender_number ~= p.tender and not tender.is_hidden(states[at]) then v.seen = true end
        end
        local here = not tender.is_hidden(v.tender_state) and p.tender
        for i = 1, v.entries_n do
            local at = 4 * i - 3
            local state, amount = states[i], flat[at + 2]
            if flat[at + 1] == here then v.seen = true end
            if state ~= 'l' then
                spent = spent + spent_of(amount, state)
            elseif holds[flat[at + 1]] then
                held, live = held + amount, live + 1
            end
            if flat[at] == target then
                v.index, v.amount = i, amount
                v.pledge, v.worth = wallet.worth(v, amount, state, v.tender_state)
            end
        end
        v.held, v.spent, v.live = held, spent, live
    end

    -- What the wallet holds and has spent, how many pledges are live, and of the proposal p: its
    -- state, its tender's, and the entry on it (v.index, v.amount, v.pledge, v.worth).
    function wallet.weigh(v, p)
        local n = v.entries_n
        v.seen = false
        if n > 1 or (n == 1 and unpacked('>I4', v.row, HEAD + 1) ~= p.number) then
            return weigh_all(v, p)
        end
        local states = call('HMGET', v.names.st, state_of_proposal(p.number),
                            state_of_tender(p.tender))
        local state, tender_state = states[1], states[2]
        v.state, v.tender_state, v.index = state, tender_state, nil
        v.held, v.spent, v.live, v.amount, v.pledge, v.worth = 0, 0, 0, 0, 'none', 0
        if n == 0 then return end
        v.index, v.amount = 1, (unpacked('>I3', v.row, HEAD + 9))
        v.pledge, v.worth = wallet.worth(v, v.amount, state, tender_state)
        if v.pledge == 'held' then v.held, v.live = v.worth, 1 else v.spent = v.worth end
    end

    function wallet.entry_seq(v)
        return (unpacked('>I5', v.row, HEAD + v.index * ENTRY_SIZE - 4))
    end

    -- All pledges: {proposal, tender, amount, seq, ...} flat.
    function wallet.entries(v)
        if v.entries_n == 0 then return {} end
        local flat = {unpacked(ENTRIES[v.entries_n], v.row, HEAD + 1)}
        flat[#flat] = nil
        return flat
    end

    -- Of the pledge on a proposal that stands in the row.
    function wallet.amount_on(v, number)
        local flat = wallet.entries(v)
        for i = 1, #flat, 4 do
            if flat[i] == number then return flat[i + 2] end
        end
        return 0
    end

    -- The bytes of the pledges from one place to another.
    local function entries(v, first, last)
        if not v.row then return '' end
        return sub(v.row, HEAD + (first - 1) * ENTRY_SIZE + 1, HEAD + last * ENTRY_SIZE)
    end

    -- The row anew, in one piece: its pledges, three runs of them, then its keys, the oldest of
    -- which makes room for the one of this call.
    local function write(v, before, entry, behind, seq)
        local keys_from, keys_n, key = HEAD + v.entries_n * ENTRY_SIZE + 1, v.keys_n, ''
        if seq then
            key = pack(KEY, v.key_hash, v.body_hash, seq)
            keys_n = keys_n + 1
            if keys_n > KEYS_MOST then keys_n, keys_from = KEYS_MOST, keys_from + KEY_SIZE end
        end
        local keys = v.row and sub(v.row, keys_from) or ''
        v.entries_n, v.keys_n = (#before + #entry + #behind) / ENTRY_SIZE, keys_n
        v.row = char(v.version, v.area, v.entries_n, keys_n) .. before .. entry .. behind
            .. keys .. key
        call('HSET', v.names.wallets(v.round), v.wallet, v.row)
    end

    -- Nothing changes but that the key is remembered.
    function wallet.remember(v, seq)
        write(v, entries(v, 1, v.entries_n), '', '', seq)
    end

    -- The pledge on p becomes `amount`, in its place or as the last; the key is remembered where
    -- somebody sent one.
    function wallet.put(v, p, amount, seq)
        local place = v.index or v.entries_n + 1
        write(v, entries(v, 1, place - 1), pack(ENTRY, p.number, p.tender, amount, seq),
              entries(v, place + 1, v.entries_n), v.key_hash ~= '' and seq)
        v.index = place
    end

    -- The pledges of `gone` (set of places) leave the list.
    function wallet.take(v, gone, seq)
        local kept = {}
        for i = 1, v.entries_n do
            if not gone[i] then kept[#kept + 1] = entries(v, i, i) end
        end
        write(v, concat(kept), '', '', seq)
    end
end
