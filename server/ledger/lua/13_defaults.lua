-- 13_defaults.lua -- what a tender has here where it says nothing: the hash `set`, the trust's.
--
-- The caller of tender_create asks for them (community_view) and fills the rule in, for the rule is
-- hashed before it comes here. `members_min` is the community's own (12_community.lua).
do
    local NAMES = {'days', 'contributors', 'people_permille', 'areas_min', 'window', 'tally',
                   'needs_line'}
    local MOST = {days = NUMBER_MOST, contributors = NUMBER_MOST, people_permille = 1000,
                  areas_min = 64, window = NUMBER_MOST, needs_line = NUMBER_MOST}

    -- Each by its name; 0 and `open` where nothing was said.
    function community.defaults(v)
        local r, set = call('HMGET', v.key .. 'set', unpack(NAMES)), {}
        for i = 1, #NAMES do set[NAMES[i]] = r[i] and tonumber(r[i]) or 0 end
        set.tally = r[6] or 'open'
        return set
    end

    local function figure_in(args, i, name, most)
        return args[i] ~= '' and text_of(number_in(args, i, 0, most, name)) or ''
    end

    -- KEYS {slug}:c; ARGV head, members_min, days, contributors, people_permille, areas_min,
    -- window, tally, needs_line; '' keeps
    act{name = 'community_set', perform = function(v, own)
        local fields, kept = {}, {}
        log.optional(fields, 'members_min', own.members_min)
        for i = 1, #NAMES do
            log.optional(fields, NAMES[i], own[NAMES[i]])
            log.optional(kept, NAMES[i], own[NAMES[i]])
        end
        if #fields == 0 then return {} end
        v.seq = log.append(v, 'community_set', nil, fields)
        if own.members_min ~= '' then
            call('HSET', v.key .. 'c', 'members_min', own.members_min)
        end
        if #kept > 0 then call('HSET', v.key .. 'set', unpack(kept)) end
        community.save(v)
        return {}
    end, read = function(args)
        count_in(args, 13)
        local own = {members_min = figure_in(args, 6, 'members_min', MEMBERS_MOST)}
        for i = 1, #NAMES do
            local name = NAMES[i]
            own[name] = MOST[name] and figure_in(args, 6 + i, name, MOST[name]) or args[6 + i]
        end
        if own.tally ~= '' and own.tally ~= 'open' and own.tally ~= 'hidden' then
            malformed('tally')
        end
        return own
    end}

    -- KEYS {slug}:c; ARGV head, text_hash, text: official codes and boundaries, by area code
    act{name = 'areas_set', perform = function(v, own)
        v.seq = log.append(v, 'areas_set', nil, {'text', own.hash})
        call('SET', v.key .. 'x:areas', own.text)
        community.save(v)
        return {}
    end, read = function(args)
        count_in(args, 7)
        return {hash = hash_in(args, 6, false, 'text_hash'), text = text_in(args, 7)}
    end}
end
