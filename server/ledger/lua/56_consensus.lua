-- 56_consensus.lua -- how far the areas agree on a contribution: whole numbers of a thousand.
--
-- Of each area with at least 5 stances the share that agrees; the consensus is the lowest of them,
-- so that no large area speaks for a small one. rules/consensus.c says the same in C.
do
    local LEAST = 5
    local PLACE = 4294967296 -- figure x 2^32 + number: one order without ties

    function talk.area_counts(row)
        local agree, disagree, pass = match(row or '0 0 0', '^(%d+) (%d+) (%d+)$')
        return {agree = tonumber(agree), disagree = tonumber(disagree), pass = tonumber(pass)}
    end

    function talk.area_row(counts)
        return concat({text_of(counts.agree), text_of(counts.disagree), text_of(counts.pass)}, ' ')
    end

    -- {[area] = counts} of those where anybody ever took a stance.
    function talk.by_area(v, k)
        local names, areas = {}, {}
        for area = 0, 63 do names[area + 1] = 'a:' .. text_of(area) end
        local rows = call('HMGET', k.key, unpack(names))
        for area = 0, 63 do
            if rows[area + 1] then areas[area] = talk.area_counts(rows[area + 1]) end
        end
        return areas
    end

    -- consensus, mean, how many areas count.
    function talk.consensus(areas)
        local lowest, sum, n = 1000, 0, 0
        for area = 0, 63 do
            local counts = areas[area]
            local votes = counts and counts.agree + counts.disagree + counts.pass or 0
            if votes >= LEAST then
                local share = floor(1000 * counts.agree / votes)
                lowest, sum, n = min(lowest, share), sum + share, n + 1
            end
        end
        if n == 0 then return 0, 0, 0 end
        return lowest, floor(sum / n), n
    end

    function talk.division(k)
        local sides = k.agree + k.disagree
        if sides + k.pass < LEAST or sides == 0 then return 0 end
        return floor(2000 * min(k.agree, k.disagree) / sides)
    end

    -- Its places in the two orders that stances make.
    function talk.place(v, k, areas)
        local number, of_tender = text_of(k.number), text_of(k.tender)
        local consensus = talk.consensus(areas)
        call('ZADD', v.key .. 'agreed:' .. of_tender, text_of(consensus * PLACE + k.number),
             number)
        call('ZADD', v.key .. 'divided:' .. of_tender,
             text_of(talk.division(k) * PLACE + k.number), number)
    end

    -- `area:agree,...` flat lists of the areas that may be shown, and of the suppressed ones.
    function talk.areas_shown(areas)
        local agree, disagree, pass, few = {}, {}, {}, {}
        for area = 0, 63 do
            local c = areas[area]
            local votes = c and c.agree + c.disagree + c.pass or 0
            local prefix = text_of(area) .. ':'
            if votes >= LEAST then
                agree[#agree + 1] = prefix .. text_of(c.agree)
                disagree[#disagree + 1] = prefix .. text_of(c.disagree)
                pass[#pass + 1] = prefix .. text_of(c.pass)
            elseif votes > 0 then
                few[#few + 1] = prefix .. '0'
            end
        end
        return concat(agree, ','), concat(disagree, ','), concat(pass, ','), concat(few, ',')
    end
end
