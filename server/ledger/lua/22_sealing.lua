-- 22_sealing.lua -- hidden tallies: records that nobody can read before their tender is decided.
--
-- `t:<n>` of a tender in state `h` has tally_key, 32 bytes. A record of it is sealed by ChaCha20
-- (RFC 8439) under a key of its own, HChaCha20 of the tender's key with the record's seq and time;
-- Redis lends its functions no cipher, so it is written out here, and whoever opens a record does
-- so with another one's (base/secret.h). It takes 0.2 ms a record, which only these pledges pay.
-- `hidden`: the set of the tenders in state `h`, at most 16.
-- What must stand in `sealed` is told in ../SERVICE.md. What is not here: which acts are sealed.
do
    local SIZE, HIDDEN_MOST = 255, 16
    local ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
    local bxor, rol
    local WORDS, SIGNED, TRIPLES -- formats: a block, a block of bxor's, the bytes to base 64
    at_first_call[#at_first_call + 1] = function()
        bxor, rol = bit.bxor, bit.rol
        WORDS, SIGNED = '<' .. rep('I4', 16), '<' .. rep('i4', 16)
        TRIPLES = '>' .. rep('I3', 85)
    end

    -- a and c only grow by sums and stay far below 2^51, where bxor still reads them right.
    local function quarter(x, i, j, k, l)
        local a, b, c, d = x[i], x[j], x[k], x[l]
        a = a + b
        d = rol(bxor(d, a), 16)
        c = c + d
        b = rol(bxor(b, c), 12)
        a = a + b
        d = rol(bxor(d, a), 8)
        c = c + d
        b = rol(bxor(b, c), 7)
        x[i], x[j], x[k], x[l] = a, b, c, d
    end

    local function rounds(x)
        for _ = 1, 10 do
            quarter(x, 1, 5, 9, 13)
            quarter(x, 2, 6, 10, 14)
            quarter(x, 3, 7, 11, 15)
            quarter(x, 4, 8, 12, 16)
            quarter(x, 1, 6, 11, 16)
            quarter(x, 2, 7, 12, 13)
            quarter(x, 3, 8, 9, 14)
            quarter(x, 4, 5, 10, 15)
        end
        return x
    end

    -- The sixteen words that both begin with: four that never change, the key, 16 bytes more.
    local function begin(key, behind)
        local x = {unpacked(WORDS, 'expand 32-byte k' .. key .. behind)}
        x[17] = nil
        return x
    end

    -- The key of the record that is to stand at seq, at.
    function sealing.record_key(key, seq, at)
        local x = rounds(begin(key, pack('>I8I8', seq, at)))
        for i = 1, 4 do
            x[i], x[i + 4] = bxor(x[i], 0), bxor(x[i + 12], 0) -- into 32 bits again
        end
        return pack('<i4i4i4i4i4i4i4i4', unpack(x, 1, 8))
    end

    -- One block of the stream, over 64 bytes.
    local function cover(key, counter, plain)
        local first = begin(key, pack('<I4', counter) .. rep('\0', 12))
        local x, words = rounds({unpack(first)}), {unpacked(WORDS, plain)}
        for i = 1, 16 do words[i] = bxor(words[i], x[i] + first[i]) end
        return pack(SIGNED, unpack(words, 1, 16))
    end

    local two_digits = learning(4096, function(n)
        local high, low = floor(n / 64) + 1, n % 64 + 1
        return sub(ALPHABET, high, high) .. sub(ALPHABET, low, low)
    end)

    local function base64(bytes)
        local triples, digits = {unpacked(TRIPLES, bytes)}, {}
        for i = 1, 85 do
            digits[2 * i - 1] = two_digits(floor(triples[i] / 4096))
            digits[2 * i] = two_digits(triples[i] % 4096)
        end
        return concat(digits)
    end

    local function hex(bytes)
        return (string.gsub(bytes, '.', function(one) return format('%02x', byte(one)) end))
    end

    local function key_of(v, number) return call('HGET', v.names.tender(number), 'tally_key') end

    -- In the place of log.append: the same record, for nobody to read.
    function sealing.append(v, number, kind, fields)
        local plain = 'kind ' .. kind .. ' ' .. concat(fields, ' ')
        if #plain > SIZE then malformed('sealed') end
        plain = plain .. rep(' ', SIZE + 1 - #plain)
        local key = sealing.record_key(key_of(v, number), v.c.seq, v.at)
        local covered = {}
        for i = 1, 4 do covered[i] = cover(key, i - 1, sub(plain, 64 * i - 63, 64 * i)) end
        return log.append(v, 'sealed', nil, {'sealed', base64(concat(covered))})
    end

    -- For the wallet's owner: the key of a record that was written, '' once the stream has let it
    -- go.
    function sealing.key_for_owner(v, number, seq)
        local text = text_of(seq) .. '-1'
        local found = call('XRANGE', v.names.log, text, text)
        if #found == 0 or found[1][2][8] ~= 'sealed' then return '' end
        return hex(sealing.record_key(key_of(v, number), seq, tonumber(found[1][2][6])))
    end

    -- At the opening of a tender: nil, or the refusal.
    function sealing.refused(v, t)
        if t.tally ~= 'hidden' then return nil end
        if call('SCARD', v.key .. 'hidden') < HIDDEN_MOST then return nil end
        return refuse('tallies_hidden_too_many', 'most', HIDDEN_MOST)
    end

    function sealing.begin(v, number, key)
        call('HSET', v.names.tender(number), 'tally_key', key)
        call('SADD', v.key .. 'hidden', text_of(number))
    end

    -- Directly behind the record that decides or ends it; the state is the caller's to write.
    function sealing.disclose(v, number)
        log.append(v, 'tally_disclosed', nil,
                   {'tender', text_of(number), 'key', hex(key_of(v, number))})
        call('SREM', v.key .. 'hidden', text_of(number))
        turnout.disclose(v, number)
    end

    -- The numbers of the tenders that are hidden, ascending.
    local function hidden(v)
        local numbers = call('SMEMBERS', v.key .. 'hidden')
        for i = 1, #numbers do numbers[i] = tonumber(numbers[i]) end
        table.sort(numbers)
        return numbers
    end

    -- The round has closed, and with it all of them.
    function sealing.disclose_all(v)
        local numbers = hidden(v)
        for i = 1, #numbers do
            sealing.disclose(v, numbers[i])
            tender.write_live(v, tender.read(v, numbers[i]), 'o')
        end
    end

    -- For views: what is pledged on tenders that are hidden, and not yet known to have lapsed.
    function sealing.held(v)
        local numbers, held = hidden(v), 0
        for i = 1, #numbers do
            local t = tender.read(v, numbers[i])
            if t.word == 'open' then held = held + t.held end
        end
        return held
    end
end
