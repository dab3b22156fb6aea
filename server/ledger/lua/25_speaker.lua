-- 25_speaker.lua -- residents who speak: raise needs, argue, take a stance.
--
-- Who it is Redis knows by a pseudonym alone (`author`), which C makes with the register's key; the
-- idempotency keys of such acts are kept under it, too, so that no row leads from a resident to
-- what they said. `said:<author>` is what goes when they are erased.
do
    local SAID_MOST = 1000

    -- The two arguments that such acts begin with.
    function talk.speaker_in(args, v)
        local own = {resident = id_in(args, 6, false, 'resident'),
                     author = wallet_in(args, 7, false, 'author')}
        if own.resident ~= v.subject then malformed('resident') end
        v.ring = own.author
        return own
    end

    -- nil and the row of a member, or the refusal.
    function talk.speaker(v, own)
        local r = resident.read(v, own.resident)
        if not r or r.state ~= 'm' then return refuse('resident_unknown') end
        return nil, r
    end

    function talk.said_refused(v, own)
        local n = call('SCARD', v.key .. 'said:' .. own.author)
        if n < SAID_MOST then return nil end
        return refuse('said_too_many', 'said', n, 'most', SAID_MOST)
    end

    function talk.said(v, own, what) call('SADD', v.key .. 'said:' .. own.author, what) end

    -- Texts go; rows, hashes and counts stay.
    function talk.forget(v, author)
        local said = call('SMEMBERS', v.key .. 'said:' .. author)
        for i = 1, #said do
            local prefix = sub(said[i], 1, 1) == 'k' and 'xk:' or 'x:n'
            call('UNLINK', v.key .. prefix .. sub(said[i], 2))
        end
        call('UNLINK', v.key .. 'said:' .. author)
    end

    -- The number given last: of `need` or `talk`.
    function talk.last_number(v, name)
        return tonumber(call('HGET', v.key .. 'counts', name) or '0')
    end

    function talk.number_given(v, name, number)
        call('HSET', v.key .. 'counts', name, text_of(number))
    end
end
