-- pledge.lua -- what wrk sends: PUT pledges of random residents on random proposals, each with a
-- key of its own.
--
-- Arguments: a file of bearer tokens (one a line), a file of proposal ids, the smallest and the
-- largest amount, a seed.
local counter = 0

function setup(thread)
    counter = counter + 1
    thread:set("number", counter)
end

local function lines(path)
    local all = {}
    for line in io.lines(path) do all[#all + 1] = line end
    return all
end

function init(args)
    math.randomseed(number * 7919 + tonumber(args[5]))
    tokens, proposals = lines(args[1]), {}
    for i, id in ipairs(lines(args[2])) do proposals[i] = "/v1/proposals/" .. id .. "/pledge" end
    least, most = tonumber(args[3]), tonumber(args[4])
    prefix, sent = "bench-" .. number .. "-" .. args[5] .. "-", 0
    headers = {["Content-Type"] = "application/json"}
end

function request()
    sent = sent + 1
    headers["Authorization"] = "Bearer " .. tokens[math.random(#tokens)]
    headers["Idempotency-Key"] = prefix .. sent
    return wrk.format("PUT", proposals[math.random(#proposals)], headers,
                      '{"amount":' .. math.random(least, most) .. '}')
end

function done(summary, latency)
    local e = summary.errors
    local errors = e.status + e.connect + e.read + e.write + e.timeout
    io.write(string.format("RESULT %d %d %d %d %d %d %d\n", summary.requests, summary.duration,
                           errors, latency:percentile(50), latency:percentile(90),
                           latency:percentile(99), latency.max))
end
