-- 18_keys_ring.lua -- remembered idempotency keys of one staff principal: `k:<subject>`.
--
-- A string of at most 128 entries, oldest first, each: key hash 8 bytes, body hash 4, seq 5, number
-- of the object 4, at 6. It expires a day after the last; an entry counts for a day of its own.
-- v.ring: under which name instead, where the subject's would lead to what a resident has said.
do
    local ENTRY, SIZE, MOST = '>c8c4I5I4I6', 27, 128

    -- Returns nil, or seq and number, or 'reused'.
    function keys_ring.find(v)
        if v.key_hash == '' then return nil end
        local ring = call('GET', v.key .. 'k:' .. (v.ring or v.subject))
        if not ring then return nil end
        for start = #ring - SIZE + 1, 1, -SIZE do
            if sub(ring, start, start + 7) == v.key_hash then
                local _, body, seq, number, at = unpacked(ENTRY, ring, start)
                if v.at - at <= DAY_MS then
                    if body ~= v.body_hash then return 'reused' end
                    return seq, number
                end
            end
        end
        return nil
    end

    function keys_ring.remember(v)
        if v.key_hash == '' then return end
        local name = v.key .. 'k:' .. (v.ring or v.subject)
        local ring = call('GET', name) or ''
        if #ring >= MOST * SIZE then ring = sub(ring, #ring - (MOST - 1) * SIZE + 1) end
        ring = ring .. pack(ENTRY, v.key_hash, v.body_hash, v.seq or v.c.seq - 1,
                            v.number or 0, v.at)
        call('SET', name, ring, 'PX', text_of(DAY_MS))
    end
end
