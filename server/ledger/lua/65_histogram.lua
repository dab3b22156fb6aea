-- 65_histogram.lua -- how the pledges on a proposal are spread over amounts: `h:<n>`.
--
-- An amount (< 2^24) is four digits to base 64. The field named by the first one, two, three or
-- four of them (characters from '0' on) is a bucket: how many pledges begin so and, but for the
-- last, their sum. A pledge touches one bucket a level; the fair share is found by walking down
-- the four levels, 64 buckets each, however many people pledged however many amounts.
do
    local BUCKET, COUNT = '>I4I7', '>I4'
    local WIDTH = {262144, 4096, 64, 1} -- amounts in a bucket, by level

    local function spell(amount)
        return char(48 + floor(amount / 262144), 48 + floor(amount / 4096) % 64,
                    48 + floor(amount / 64) % 64, 48 + amount % 64)
    end

    -- Lists that serve every call: to grow five new ones was a fifth of a pledge's time.
    local names, counts, sums, written, emptied = {}, {}, {}, {}, {}

    -- Which buckets change, by how many and how much, when a pledge of `was` becomes `now`; into
    -- the lists, and how many there are.
    local function changes(was, now)
        local a, b, n = was > 0 and spell(was), now > 0 and spell(now), 0
        for level = 1, 4 do
            local x, y = a and sub(a, 1, level), b and sub(b, 1, level)
            if x == y then
                n = n + 1
                names[n], counts[n], sums[n] = x, 0, now - was
            else
                if x then
                    n = n + 1
                    names[n], counts[n], sums[n] = x, -1, -was
                end
                if y then
                    n = n + 1
                    names[n], counts[n], sums[n] = y, 1, now
                end
            end
        end
        return n
    end

    -- was and now differ; 0 is no pledge.
    function histogram.change(v, number, was, now)
        local key, n, written_n, emptied_n = v.names.histogram(number), changes(was, now), 0, 0
        local buckets = call('HMGET', key, unpack(names, 1, n))
        for i = 1, n do
            local name, bucket, count, sum = names[i], buckets[i], 0, 0
            local last = #name == 4
            if bucket then count, sum = unpacked(last and COUNT or BUCKET, bucket) end
            count = count + counts[i]
            if count == 0 then
                emptied_n = emptied_n + 1
                emptied[emptied_n] = name
            else
                written[written_n + 1] = name
                written_n = written_n + 2
                written[written_n] = last and pack(COUNT, count)
                    or pack(BUCKET, count, sum + sums[i])
            end
        end
        if written_n > 0 then call('HSET', key, unpack(written, 1, written_n)) end
        if emptied_n > 0 then call('HDEL', key, unpack(emptied, 1, emptied_n)) end
    end

    -- The smallest rho with S(rho) = sum(min(amount, rho)) >= price, and S(rho). There is one: the
    -- pledges, `people` of them, sum up to the price at least.
    function histogram.share(v, number, price, people)
        local key, prefix, base = v.key .. 'h:' .. text_of(number), '', 0
        local count_below, sum_below = 0, 0
        for level = 1, 4 do
            local names, width = {}, WIDTH[level]
            for digit = 0, 63 do names[digit + 1] = prefix .. char(48 + digit) end
            local buckets = call('HMGET', key, unpack(names))
            for digit = 0, 63 do
                local count, sum, top = 0, 0, base + (digit + 1) * width - 1
                if buckets[digit + 1] then
                    count, sum = unpacked(level == 4 and COUNT or BUCKET, buckets[digit + 1])
                    if level == 4 then sum = count * top end
                end
                local count_now, sum_now = count_below + count, sum_below + sum
                local collected = sum_now + top * (people - count_now)
                if collected >= price then
                    if level == 4 then return top, collected end
                    prefix, base = names[digit + 1], base + digit * width
                    break
                end
                count_below, sum_below = count_now, sum_now
            end
        end
        error({err = 'MALFORMED histogram'})
    end
end
