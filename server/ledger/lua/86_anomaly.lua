-- 86_anomaly.lua -- what looks odd in the journal: shown to officers before anything is decided.
--
-- Over the last 5,000 entries, at most 100 of each kind:
--   address  kind address redeemed pledges wallets first last: one address with at least 5 codes
--            redeemed, or 20 pledges of at least 5 wallets (the most that one count has seen)
--   burst    kind at n: a minute with at least 10 codes redeemed
--   late     kind serial area days: redeemed more than 30 days behind the median of its area,
--            where 5 or more were redeemed
do
    local LOOKED_AT, EACH_MOST = '5000', 100
    local MINUTE_MS, LATE_DAYS = 60000, 30

    local function entries(v)
        local found, list = call('XREVRANGE', v.key .. 'journal', '+', '-', 'COUNT', LOOKED_AT), {}
        for i = 1, #found do
            local f = found[i][2]
            list[i] = {kind = f[2], at = tonumber(f[4]), area = f[6], address = f[8], a = f[10],
                       b = f[12]}
        end
        return list
    end

    local function at_address(seen, e)
        local s = seen[e.address]
        if not s then
            s = {address = e.address, redeemed = 0, pledges = 0, wallets = 0, first = e.at,
                 last = e.at}
            seen[e.address] = s
        end
        s.first, s.last = min(s.first, e.at), max(s.last, e.at)
        if e.kind == 'redeemed' then
            s.redeemed = s.redeemed + 1
        else
            s.pledges = s.pledges + (tonumber(e.a) or 0)
            s.wallets = max(s.wallets, tonumber(e.b) or 0)
        end
    end

    local function add_sorted(ok, list, less, item)
        table.sort(list, less)
        for i = 1, min(#list, EACH_MOST) do ok[#ok + 1] = item(list[i]) end
    end

    local function add_addresses(ok, list)
        local seen, odd = {}, {}
        for i = 1, #list do
            local e = list[i]
            if e.address ~= '' and (e.kind == 'redeemed' or e.kind == 'pledges') then
                at_address(seen, e)
            end
        end
        for _, s in pairs(seen) do
            if s.redeemed >= 5 or (s.pledges >= 20 and s.wallets >= 5) then odd[#odd + 1] = s end
        end
        add_sorted(ok, odd, function(a, b)
            local of_a, of_b = a.redeemed + a.pledges, b.redeemed + b.pledges
            if of_a ~= of_b then return of_a > of_b end
            return a.address < b.address
        end, function(s)
            return {'kind', 'address', 'address', s.address, 'redeemed', text_of(s.redeemed),
                    'pledges', text_of(s.pledges), 'wallets', text_of(s.wallets),
                    'first', text_of(s.first), 'last', text_of(s.last)}
        end)
    end

    local function add_bursts(ok, list)
        local minutes, odd = {}, {}
        for i = 1, #list do
            if list[i].kind == 'redeemed' then
                local at = list[i].at - list[i].at % MINUTE_MS
                minutes[at] = (minutes[at] or 0) + 1
            end
        end
        for at, n in pairs(minutes) do
            if n >= 10 then odd[#odd + 1] = {at = at, n = n} end
        end
        add_sorted(ok, odd, function(a, b) return a.at < b.at end, function(s)
            return {'kind', 'burst', 'at', text_of(s.at), 'n', text_of(s.n)}
        end)
    end

    local function add_late(ok, list)
        local areas, odd = {}, {}
        for i = 1, #list do
            local e = list[i]
            if e.kind == 'redeemed' then
                areas[e.area] = areas[e.area] or {}
                areas[e.area][#areas[e.area] + 1] = e
            end
        end
        for _, of in pairs(areas) do
            table.sort(of, function(a, b) return a.at < b.at end)
            local median = of[floor((#of + 1) / 2)].at
            for i = #of >= 5 and 1 or #of + 1, #of do
                local behind = of[i].at - median
                if behind > LATE_DAYS * DAY_MS then
                    odd[#odd + 1] = {e = of[i], days = floor(behind / DAY_MS)}
                end
            end
        end
        add_sorted(ok, odd, function(a, b)
            if a.days ~= b.days then return a.days > b.days end
            return a.e.a < b.e.a
        end, function(s)
            return {'kind', 'late', 'serial', s.e.a, 'area', s.e.area, 'days', text_of(s.days)}
        end)
    end

    -- KEYS {slug}:c; ARGV now_ms
    reader{name = 'anomalies', look = function(v)
        local list, ok = entries(v), {'ok', {'next', '0'}}
        add_addresses(ok, list)
        add_bursts(ok, list)
        add_late(ok, list)
        return ok
    end}
end
