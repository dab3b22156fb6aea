-- 97_delivery.lua -- what is sent of alerts: webhooks, and each delivery to one or by mail.
--
--   `hk:<trust>`  number -> `<on or off> <failing since> <nonce> <created> <url>`
--   `de:<trust>`  number -> `<m or w> <target> <state> <tries> <status> <next> <raised> <at> <when>
--                 <slug> <thing> <value>`; the last 200. `sending`: `<trust> <number>` by when
-- The secret of a webhook is not here: it follows from its nonce and a key of the data folder.
do
    local HOOKS_MOST, SENT_MOST, CLAIM_MS = 8, 200, 60000
    -- Before each next try, as Standard Webhooks advises: 5 s, 5 min, half an hour, 2, 5, 10, 14,
    -- 20 and 24 hours.
    local PAUSES_S = {5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400}
    local place, trust_in, next_of, all_of = alert.place, alert.trust_in, alert.next_of,
        alert.all_of
    local read_trust, read_numbered = alert.read_trust, alert.read_numbered

    -- ---- what is sent ------------------------------------------------------------------------

    local function send(v, trust, kind, target, raised)
        local number, key = next_of(v, trust, 'sent'), place(v, 'de', trust)
        local old = text_of(max(0, number - SENT_MOST))
        call('HDEL', key, old)
        call('ZREM', v.key .. 'sending', trust .. ' ' .. old)
        call('HSET', key, text_of(number),
             concat({kind, target, 'waiting', '0', '0', v.at_text, raised}, ' '))
        call('ZADD', v.key .. 'sending', v.at_text, trust .. ' ' .. text_of(number))
    end

    -- `raised`: what a delivery tells, in the order of its row.
    function alert.send(v, trust, rule, raised)
        if find(rule.to, 'm') and rule.account ~= '' then
            send(v, trust, 'm', rule.account, raised)
        end
        if not find(rule.to, 'w') then return end
        local numbers, rows = all_of(v, 'hk', trust)
        for i = 1, #numbers do
            if sub(rows[numbers[i]], 1, 3) == 'on ' then
                send(v, trust, 'w', text_of(numbers[i]), raised)
            end
        end
    end

    -- ---- webhooks ----------------------------------------------------------------------------

    local HOOK = '^(%l+) (%d+) (%S+) (%d+) (%S+)$'

    local function hook_of(v, trust, number)
        local row = call('HGET', place(v, 'hk', trust), number)
        if not row then return nil end
        local state, since, nonce, created, url = match(row, HOOK)
        return {state = state, since = since, nonce = nonce, created = created, url = url}
    end

    local function write_hook(v, trust, number, h)
        call('HSET', place(v, 'hk', trust), number,
             concat({h.state, h.since, h.nonce, h.created, h.url}, ' '))
    end

    -- KEYS {@people}:c; ARGV head, trust, nonce, url
    people.act{name = 'hook_add', actors = true, object = 'number', perform = function(v, own)
        if #(all_of(v, 'hk', own.trust)) >= HOOKS_MOST then
            return refuse('webhooks_too_many', 'most', HOOKS_MOST)
        end
        v.number = next_of(v, own.trust, 'hooks')
        write_hook(v, own.trust, text_of(v.number), {state = 'on', since = '0', nonce = own.nonce,
                                                     created = v.at_text, url = own.url})
        return {}
    end, read = function(args)
        count_in(args, 8)
        return {trust = trust_in(args, 6), nonce = people.hash_in(args, 7, 'nonce'),
                url = mark_in(args, 8, 8, 500, 'url')}
    end}

    -- KEYS {@people}:c; ARGV head, trust, number
    people.act{name = 'hook_drop', actors = true, flags = people.taking, object = 'number',
               read = read_numbered, perform = function(v, own)
        v.number = own.number
        if call('HDEL', place(v, 'hk', own.trust), text_of(own.number)) == 0 then
            return refuse('webhook_unknown', 'webhook', own.number)
        end
        return {}
    end}

    -- It was switched off, and is on again. KEYS {@people}:c; ARGV head, trust, number
    people.act{name = 'hook_on', actors = true, object = 'number', read = read_numbered,
               perform = function(v, own)
        local h = hook_of(v, own.trust, text_of(own.number))
        v.number = own.number
        if not h then return refuse('webhook_unknown', 'webhook', own.number) end
        h.state, h.since = 'on', '0'
        write_hook(v, own.trust, text_of(own.number), h)
        return {}
    end}

    -- KEYS {@people}:c; ARGV head, trust
    people.reader{name = 'hooks', read = read_trust, look = function(v, own)
        local numbers, ok = all_of(v, 'hk', own.trust), {'ok', {'next', '0'}}
        for i = 1, #numbers do
            local h = hook_of(v, own.trust, text_of(numbers[i]))
            ok[i + 2] = {'webhook', text_of(numbers[i]), 'state', h.state, 'failing', h.since,
                         'nonce', h.nonce, 'created', h.created, 'url', h.url}
        end
        return ok
    end}

    -- ---- deliveries --------------------------------------------------------------------------

    local DELIVERY = '^(%l) (%S+) (%l+) (%d+) (%d+) (%d+) (%d+) (%d+) (%S+) (%S+) (%d+) (%d+)$'
    local NAMES = {'kind', 'target', 'state', 'tries', 'status', 'next', 'raised', 'at', 'when',
                   'community', 'thing', 'value'}

    local function delivery_of(v, trust, number)
        local row = call('HGET', place(v, 'de', trust), number)
        if not row then return nil end
        local d, values = {}, {match(row, DELIVERY)}
        for i = 1, #NAMES do d[NAMES[i]] = values[i] end
        return d
    end

    local function write_delivery(v, trust, number, d)
        local values = {}
        for i = 1, #NAMES do values[i] = d[NAMES[i]] end
        call('HSET', place(v, 'de', trust), number, concat(values, ' '))
    end

    local SHOWN = {next = 'next_try', at = 'raised_at'}
    local function delivery_item(list, number, d)
        list[#list + 1], list[#list + 2] = 'delivery', number
        for i = 1, #NAMES do
            list[#list + 1], list[#list + 2] = SHOWN[NAMES[i]] or NAMES[i], d[NAMES[i]]
        end
        return list
    end

    -- The latest first. KEYS {@people}:c; ARGV head, trust
    people.reader{name = 'deliveries', read = read_trust, look = function(v, own)
        local numbers, ok = all_of(v, 'de', own.trust), {'ok', {'next', '0'}}
        for i = #numbers, 1, -1 do
            local number = text_of(numbers[i])
            ok[#ok + 1] = delivery_item({}, number, delivery_of(v, own.trust, number))
        end
        return ok
    end}

    -- Sends it once more. KEYS {@people}:c; ARGV head, trust, number
    people.act{name = 'delivery_again', actors = true, object = 'number', read = read_numbered,
               perform = function(v, own)
        local number = text_of(own.number)
        local d = delivery_of(v, own.trust, number)
        v.number = own.number
        if not d then return refuse('delivery_unknown', 'delivery', own.number) end
        d.state, d.tries, d.next = 'waiting', '0', v.at_text
        write_delivery(v, own.trust, number, d)
        call('ZADD', v.key .. 'sending', v.at_text, own.trust .. ' ' .. number)
        return {}
    end}

    local function give_up(v, trust, number, d)
        d.state = 'failed'
        write_delivery(v, trust, number, d)
        call('ZREM', v.key .. 'sending', trust .. ' ' .. number)
    end

    -- Takes the first that is due, for a minute: nobody else does meanwhile. KEYS {@people}:c; ARGV
    -- head. Answers found (0: none), then the delivery; of a webhook its url and nonce.
    people.door{name = 'delivery_claim', read = function(args) count_in(args, 5) end,
                perform = function(v)
        local due = call('ZRANGEBYSCORE', v.key .. 'sending', '0', v.at_text, 'LIMIT', '0', '1')
        local trust, number = match(due[1] or '', '^(%S+) (%d+)$')
        local d = trust and delivery_of(v, trust, number)
        if not d then
            if due[1] then call('ZREM', v.key .. 'sending', due[1]) end
            return {'found', '0'}
        end
        local h = d.kind == 'w' and hook_of(v, trust, d.target)
        if d.kind == 'w' and not (h and h.state == 'on') then
            give_up(v, trust, number, d)
            return {'found', '0'}
        end
        call('ZADD', v.key .. 'sending', text_of(v.at + CLAIM_MS), due[1])
        return delivery_item({'found', '1', 'trust', trust, 'url', h and h.url or '',
                              'nonce', h and h.nonce or ''}, number, d)
    end}

    local function failed(v, own, number, d, h)
        local pause = PAUSES_S[tonumber(d.tries)]
        if h and h.since == '0' then h.since = v.at_text end
        if pause and own.status ~= 410 then
            d.next = text_of(v.at + pause * 1000)
            write_delivery(v, own.trust, number, d)
            call('ZADD', v.key .. 'sending', d.next, own.trust .. ' ' .. number)
        else
            if h then h.state = 'off' end
            give_up(v, own.trust, number, d)
        end
    end

    -- KEYS {@people}:c; ARGV head, trust, number, status (0: no answer), good (0 or 1)
    people.door{name = 'delivery_done', perform = function(v, own)
        local number = text_of(own.number)
        local d = delivery_of(v, own.trust, number)
        if not d then return {} end
        local h = d.kind == 'w' and hook_of(v, own.trust, d.target) or nil
        d.tries, d.status = text_of(tonumber(d.tries) + 1), text_of(own.status)
        if own.good == 1 then
            d.state = 'sent'
            if h then h.since = '0' end
            write_delivery(v, own.trust, number, d)
            call('ZREM', v.key .. 'sending', own.trust .. ' ' .. number)
        else
            failed(v, own, number, d, h)
        end
        if h then write_hook(v, own.trust, d.target, h) end
        return {}
    end, read = function(args)
        count_in(args, 9)
        return {trust = trust_in(args, 6), number = number_in(args, 7, 1, NUMBER_MOST, 'number'),
                status = number_in(args, 8, 0, 999, 'status'),
                good = number_in(args, 9, 0, 1, 'good')}
    end}
end
