-- 33_tries.lua -- wrong codes: counted, and answered more and more slowly.
--
-- What is locked is one serial (60 s after the 3rd wrong try, doubled by each further one, at most
-- 6 h) and one address (15 min after the 10th), never a range of serials: nobody can lock a
-- community by guessing. A right code is refused too while its serial or address is locked, and
-- tries are not counted then, so that whoever comes back after the time gets in.
do
    local SERIAL_FREE, ADDRESS_FREE = 3, 10
    local FIRST_MS, MOST_MS, ADDRESS_MS = 60000, 21600000, 900000
    local SERIAL_FORGET_MS, ADDRESS_FORGET_MS = DAY_MS, 3600000
    local UNKNOWN_MOST, ADDRESSES_MOST = 20000, 20000

    -- How many wrong tries count now, and when the last was.
    local function read(v, key, name, forget_ms)
        local n, last = match(call('HGET', v.key .. key, name) or '', '^(%d+) (%d+)$')
        if not n or v.at - tonumber(last) > forget_ms then return 0, 0 end
        return tonumber(n), tonumber(last)
    end

    local function seconds_to(v, until_ms) return floor((until_ms - v.at + 999) / 1000) end

    -- The refusal where the address or the serial is locked.
    function tries.refused(v, serial, address)
        if address ~= '' then
            local n, last = read(v, 'tries_from', address, ADDRESS_FORGET_MS)
            local seconds = seconds_to(v, last + ADDRESS_MS)
            if n >= ADDRESS_FREE and seconds > 0 then
                return refuse('address_locked', 'seconds', seconds)
            end
        end
        local n, last = read(v, 'tries', serial, SERIAL_FORGET_MS)
        local seconds = seconds_to(v, last + min(FIRST_MS * 2 ^ (n - SERIAL_FREE), MOST_MS))
        if n < SERIAL_FREE or seconds <= 0 then return nil end
        return refuse('code_locked', 'seconds', seconds)
    end

    local function count(v, key, name, forget_ms, most)
        if most and call('HLEN', v.key .. key) >= most
            and call('HEXISTS', v.key .. key, name) == 0 then
            return
        end
        local n = read(v, key, name, forget_ms)
        call('HSET', v.key .. key, name, text_of(n + 1) .. ' ' .. v.at_text)
    end

    -- The one write that a refusal makes. Serials that were never issued count like others, as long
    -- as there is room: who guesses learns nothing from what is locked.
    function tries.count(v, serial, address, known)
        count(v, 'tries', serial, SERIAL_FORGET_MS, not known and UNKNOWN_MOST or nil)
        if address ~= '' then
            count(v, 'tries_from', address, ADDRESS_FORGET_MS, ADDRESSES_MOST)
        end
    end

    function tries.clear(v, serial) call('HDEL', v.key .. 'tries', serial) end
end
