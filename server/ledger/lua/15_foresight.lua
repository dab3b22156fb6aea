-- 15_foresight.lua -- what readers see of deadlines that are due and that nobody has written down.
--
-- A reader cannot write, and guessing what settling will write would be a second telling of every
-- rule. So a reader settles, too, but on pages of its own: for the rest of its call `call` is
-- `ask` below, which keeps what is written in these pages and looks there first. The next call of
-- any function begins with the true one again. A command that is not here is asked of Redis, which
-- refuses a write; asked of a key that has a page, it raises.
do
    local FORESEEN_MOST = 64 -- rounds of settling

    -- By key: {gone} what Redis has of it counts no more; {of} fields of a hash (false: none),
    -- members of a set, scores of a sorted set; {more} what was appended to a list.
    local pages

    local function page(key)
        local p = pages[key]
        if not p then
            p = {gone = false, of = {}, more = {}}
            pages[key] = p
        end
        return p
    end

    local function field(p, key, name)
        local value = p.of[name]
        if value ~= nil then return value end
        return not p.gone and direct('HGET', key, name) or false
    end

    -- The pages of sets hold all members from their first change on.
    local function set_page(key)
        local p = pages[key]
        if p then return p end
        p = page(key)
        local members = direct('SMEMBERS', key)
        for i = 1, #members do p.of[members[i]] = true end
        return p
    end

    local function sorted_page(key)
        local p = pages[key]
        if p then return p end
        p = page(key)
        local flat = direct('ZRANGE', key, '0', '-1', 'WITHSCORES')
        for i = 1, #flat, 2 do p.of[flat[i]] = flat[i + 1] end
        return p
    end

    local function take(p, ...)
        for i = 1, select('#', ...) do p.of[select(i, ...)] = nil end
    end

    local function wipe(...)
        for i = 1, select('#', ...) do
            pages[select(i, ...)] = {gone = true, of = {}, more = {}}
        end
    end

    local writes = {
        XADD = function() end,
        HSET = function(key, ...)
            local p = page(key)
            for i = 1, select('#', ...), 2 do p.of[select(i, ...)] = (select(i + 1, ...)) end
        end,
        HINCRBY = function(key, name, by)
            local p = page(key)
            p.of[name] = text_of((tonumber(field(p, key, name) or '0')) + tonumber(by))
        end,
        HDEL = function(key, ...)
            local p = page(key)
            for i = 1, select('#', ...) do p.of[select(i, ...)] = false end
        end,
        SADD = function(key, member) set_page(key).of[member] = true end,
        SREM = function(key, ...) take(set_page(key), ...) end,
        ZADD = function(key, score, member) sorted_page(key).of[member] = score end,
        ZREM = function(key, ...) take(sorted_page(key), ...) end,
        RPUSH = function(key, member)
            local p = page(key)
            p.more[#p.more + 1] = member
        end,
        SET = function(key, value) page(key).of.value = value end,
        DEL = wipe,
        UNLINK = wipe,
    }

    local function in_order(p)
        local members = {}
        for member in pairs(p.of) do members[#members + 1] = member end
        table.sort(members, function(a, b)
            local of_a, of_b = tonumber(p.of[a]), tonumber(p.of[b])
            if of_a ~= of_b then return of_a < of_b end
            return a < b
        end)
        return members
    end

    local reads = {
        HGET = field,
        HMGET = function(p, key, ...)
            local values = p.gone and {} or direct('HMGET', key, ...)
            for i = 1, select('#', ...) do
                local value = p.of[select(i, ...)]
                if value ~= nil then values[i] = value else values[i] = values[i] or false end
            end
            return values
        end,
        HGETALL = function(p, key)
            local flat = p.gone and {} or direct('HGETALL', key)
            local all, list = {}, {}
            for i = 1, #flat, 2 do all[flat[i]] = flat[i + 1] end
            for name, value in pairs(p.of) do all[name] = value end
            for name, value in pairs(all) do
                if value then list[#list + 1], list[#list + 2] = name, value end
            end
            return list
        end,
        SMEMBERS = in_order,
        ZRANGE = function(p, _, first, last, scores)
            local members, list = in_order(p), {}
            local most = tonumber(last) < 0 and #members or min(tonumber(last) + 1, #members)
            for i = tonumber(first) + 1, most do
                list[#list + 1] = members[i]
                if scores then list[#list + 1] = p.of[members[i]] end
            end
            return list
        end,
        LLEN = function(p, key) return (p.gone and 0 or direct('LLEN', key)) + #p.more end,
        LRANGE = function(p, key, first, last)
            local list = p.gone and {} or direct('LRANGE', key, '0', '-1')
            for i = 1, #p.more do list[#list + 1] = p.more[i] end
            return {unpack(list, tonumber(first) + 1, min(tonumber(last) + 1, #list))}
        end,
        GET = function(p, key)
            if p.of.value then return p.of.value end
            return not p.gone and direct('GET', key) or false
        end,
    }

    local function ask(name, key, ...)
        local write = writes[name]
        if write then return write(key, ...) end
        local p = pages[key]
        if not p then return direct(name, key, ...) end
        if not reads[name] then malformed('foresight of ' .. name) end
        return reads[name](p, key, ...)
    end

    -- v.c and all that is asked for from here on is as it will be once what is due has been
    -- written; only seq and at remain those of the last record that there is.
    function deadline.foresee(v)
        local c = v.c
        if c.due == 0 or c.due > v.at then return end
        local seq, at = c.seq, c.at
        pages, call, v.foreseen = {}, ask, true
        for _ = 1, FORESEEN_MOST do
            if not deadline.settle(v) then break end
        end
        c.seq, c.at = seq, at
    end
end
