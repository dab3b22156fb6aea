-- 10_log.lua -- the records of a community: one XADD each, and the first write of whatever it
-- stands for: the one write that could be refused (an id below the last) comes before all others.
-- `fields` are names and values (texts) in canonical order. A new kind starts in ACTS.md.
do
    log.notable = {} -- kinds of which somebody is told: 19_notice.lua
    log.untraced = {} -- kinds that are in no history: 11_history.lua

    function log.append(v, kind, due, fields)
        local c = v.c
        local seq = c.seq
        local text = text_of(seq)
        local id = text .. '-1' -- Redis refuses 0-0, and the first seq is 0
        if due then
            call('XADD', v.names.log, id, 'v', '1', 'seq', text, 'at', v.at_text,
                 'kind', kind, 'due', text_of(due), unpack(fields))
        else
            call('XADD', v.names.log, id, 'v', '1', 'seq', text, 'at', v.at_text,
                 'kind', kind, unpack(fields))
        end
        if not v.foreseen then -- else there is no such record yet
            if c.at < trend.day_begins(v.at) then trend.note(v) end
            if not log.untraced[kind] then history.note(v, seq, kind, fields) end
            if log.notable[kind] then notice.note(v, seq, kind, due, fields) end
        end
        c.seq = seq + 1
        c.at = v.at
        return seq
    end

    -- Appends a name and a value to fields, unless the value is empty.
    function log.optional(fields, name, value)
        if value ~= '' then
            fields[#fields + 1] = name
            fields[#fields + 1] = value
        end
    end
end
