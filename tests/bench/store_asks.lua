#!lua name=gs_bench
-- What a small pledge writes.
-- KEYS: {b}:h hash, {b}:n counter, {b}:s stream; ARGV: member, value, time.
redis.register_function('gs_bench', function(keys, argv)
    redis.call('HSET', keys[1], argv[1], argv[2])
    local n = redis.call('INCR', keys[2])
    redis.call('XADD', keys[3], 'MAXLEN', '~', '10000', string.format('%.0f-1', n),
        'm', argv[1], 'v', argv[2], 'at', argv[3])
    return n
end)
