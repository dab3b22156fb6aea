-- 00_base.lua -- the words that all other files of this library use: calls, numbers, answers.
--
-- All files of this folder are one chunk, in the order of their names; each keeps its own things
-- inside do ... end and puts what others need into the table of its noun. What is here:
--   the globals of Lua     do not exist while a library is loaded, only while a function runs: the
--                          first call binds them to locals (faster, too) and runs what the files
--                          have put into at_first_call
--   text_of(n)             the one way from a number to text: doubles print 14 digits otherwise
--   learning(most, make)   remembers what is asked for again and again: names of keys, numbers
--   key_names(prefix)      the keys of a community that a pledge names, put together once
--   refuse(code, ...)      a normal "no" with the words of its sentence
--   malformed(what)        a bug of the caller: raises, before anything was written
--   act{...}, reader{...}  register a function; see there
-- The contract is ../ACTS.md. Every key begins with v.key, `{slug}:`. What is not here: any rule.

local call, pack, unpacked -- redis.call, struct.pack, struct.unpack
local direct -- redis.call, also while a reader foresees (15_foresight.lua)
local format, find, match, gmatch, sub, rep, byte, char
local floor, min, max, concat
local at_first_call = {}

-- A value longer than a listpack takes: a hash that has it (under `wide`) is a table from the
-- start, and a pledge finds its fields without walking, which was a quarter of its time.
local WIDE

-- One table per noun; the files fill them.
local log, history, community, deadline, visit, keys_ring = {}, {}, {}, {}, {}, {}
local fund, resident, round, tender, proposal, shape = {}, {}, {}, {}, {}, {}
local histogram, wallet, pledge, commission = {}, {}, {}, {}
local entry, tries, code, approval, journal, help = {}, {}, {}, {}, {}, {}
local file, body, need, talk, contract, notice, offer = {}, {}, {}, {}, {}, {}, {}
local window, pause, fallback, sealing, turnout, trend = {}, {}, {}, {}, {}, {}

local NUMBER_MOST = 9007199254740991 -- 2^53 - 1
local ID_MOST = 4294967295 -- of a number of a thing: 2^32 - 1
local AMOUNT_MOST = 16777215 -- of a pledge and an allotment: 2^24 - 1
local SKEW_MOST_MS = @SKEW_MAX_MS@
local DAY_MS = 86400000
local SETTLE_MOST, QUALIFYING_MOST, READY_LOOKED_AT_MOST = 16, 64, 1024
local MEMBERS_MOST, BODIES_MOST = 1000, 64 -- of a body; of a community
local FUNDS_MOST, PROPOSALS_LIVE_MOST, PLEDGES_LIVE_MOST, PLEDGES_MOST = 64, 128, 32, 64

-- Most numbers are small: two tables save their formatting and reading (20 times as quick). %d is a
-- long here, exact for every integer that a double holds exactly, and quicker than %.0f.
local SMALL, SMALL_NUMBERS = {}, {}
local function text_of(n) return SMALL[n] or format('%d', n) end
-- Of what the ledger itself has written.
local function number_of(text) return SMALL_NUMBERS[text] or tonumber(text) end

-- A function that remembers what `make` said of a thing, until it knows `most` of them and starts
-- over. What comes with every pledge again costs a look (0.2 us less a name, 0.3 us a number).
local function learning(most, make)
    local known, n = {}, 0
    return function(thing)
        local value = known[thing]
        if value then return value end
        if n == most then known, n = {}, 0 end
        value, n = make(thing), n + 1
        known[thing] = value
        return value
    end
end

-- number_of for what seldom changes: an allotment, a token, the next deadline.
local steady_number_of = learning(1024, function(text) return tonumber(text) end)
-- text_of for what many calls in a row share: the time of a record.
local steady_text_of = learning(1024, text_of)
-- false unless it is digits that a double holds.
local digits_of = learning(4096, function(text)
    return #text <= 16 and find(text, '^%d+$') and tonumber(text) or false
end)

-- `prefix .. letter .. number`, learnt.
local function numbered(prefix, letter)
    return learning(1024, function(number) return prefix .. letter .. text_of(number) end)
end

-- Fields of `st`.
local state_of_proposal, state_of_tender = numbered('', 'p'), numbered('', 't')

local key_names = learning(64, function(prefix)
    return {c = prefix .. 'c', log = prefix .. 'log', st = prefix .. 'st',
            residents = prefix .. 'residents', wallets = numbered(prefix, 'w:'),
            proposal = numbered(prefix, 'p:'), tender = numbered(prefix, 't:'),
            histogram = numbered(prefix, 'h:')}
end)

local function bind()
    format, find, match, gmatch = string.format, string.find, string.match, string.gmatch
    sub, rep, byte, char = string.sub, string.rep, string.byte, string.char
    floor, min, max, concat = math.floor, math.min, math.max, table.concat
    for n = 0, 4095 do
        local text = format('%d', n)
        SMALL[n], SMALL_NUMBERS[text] = text, n
    end
    -- Redis has Lua collect at every turn; a quarter of the usual zeal is 4 % of a pledge's time
    -- less, for one megabyte more.
    collectgarbage('setstepmul', 25)
    WIDE = rep('.', 65)
    for i = 1, #at_first_call do at_first_call[i]() end
    pack, unpacked, direct = struct.pack, struct.unpack, redis.call
end

local function malformed(what) error({err = 'MALFORMED ' .. what}) end

local function number_in(args, i, least, most, what)
    local text = args[i]
    local n = text and (SMALL_NUMBERS[text] or digits_of(text))
    if not n or n < least or n > most then malformed(what) end
    return n
end

local function bytes_in(args, i, least, most, what)
    local text = args[i]
    if not text or #text < least or #text > most then malformed(what) end
    return text
end

-- Area codes, themes, bodies, rolls: word_is_valid() of the C side.
local function is_word(text) return #text <= 32 and find(text, '^[a-z0-9][a-z0-9_-]*$') ~= nil end

local function word_in(args, i, may_be_empty, what)
    local text = args[i]
    if not text or not (is_word(text) or (may_be_empty and text == '')) then malformed(what) end
    return text
end

local function hash_in(args, i, may_be_empty, what)
    local text = args[i]
    if not text then malformed(what) end
    if may_be_empty and text == '' then return text end
    if #text ~= 64 or not find(text, '^[0-9a-f]+$') then malformed(what) end
    return text
end

local function wallet_in(args, i, may_be_empty, what)
    local text = args[i]
    if not text then malformed(what) end
    if may_be_empty and text == '' then return text end
    if #text ~= 22 or not find(text, '^[%w_-]+$') then malformed(what) end
    return text
end

-- Ids that stand between blanks in a row: residents, accounts. '-' there is nobody.
local function id_in(args, i, may_be_empty, what)
    local text = args[i]
    if not text or #text > 64 or not find(text, '^[%w_-]*$') or text == '-' then malformed(what) end
    if text == '' and not may_be_empty then malformed(what) end
    return text
end

-- Any mark without blanks: a person, a helper, what a note of the journal says.
local function mark_in(args, i, least, most, what)
    local text = bytes_in(args, i, least, most, what)
    if not find(text, '^[!-~]*$') then malformed(what) end
    return text
end

-- Of a scan: 64 bits, more than a number here holds.
local function cursor_in(args, i)
    local text = bytes_in(args, i, 1, 20, 'after')
    if not find(text, '^%d+$') then malformed('after') end
    if #text == 20 and text > '18446744073709551615' then malformed('after') end
    return text
end

-- A stored text: 32 hex digits of salt and JSON; kept as it comes, never looked into.
local function text_in(args, i) return bytes_in(args, i, 0, 1048576, 'text') end

local function count_in(args, n)
    if #args ~= n then malformed('arguments') end
end

local function refuse(code, ...)
    local no = {'no', code, ...}
    for i = 4, #no, 2 do
        if type(no[i]) == 'number' then no[i] = text_of(no[i]) end
    end
    return no
end

-- {[area] = n} as `area:n,...`, ascending, only where n > 0.
local function pairs_by_area(counts)
    local list = {}
    for area = 0, 63 do
        if counts[area] and counts[area] > 0 then
            list[#list + 1] = text_of(area) .. ':' .. text_of(counts[area])
        end
    end
    return concat(list, ',')
end

local function register(name, callback, flags)
    redis.register_function{function_name = name .. '_@HASH@', flags = flags,
        callback = function(keys, args)
            if not direct then bind() end
            call = direct
            return callback(keys, args)
        end}
end

-- An act of staff. `read(args)` validates its own arguments (from the 6th on) and returns them;
-- `perform(v, own)` returns a refusal, or a list of names and values for the answer, with v.number
-- set to the number of the object and v.seq to its own first record where it wrote one. `unjudged`:
-- it knows neither epochs nor the ring of keys. v.pending: it waits for a second person.
local function act(of)
    register(of.name, function(keys, args)
        local v = visit.new(keys, args, of.object)
        local own = of.read(args, v)
        local no = visit.open(v, of) or visit.admit(v, own, of)
        if no then return no end
        local more = of.perform(v, own)
        if more[1] == 'no' then return more end
        if not v.pending and not of.unjudged then keys_ring.remember(v) end
        return visit.answer(v, more)
    end, of.flags)
end

-- A reader: `read(args)` from the 2nd argument on, `look(v, own)` returns the whole answer.
local function reader(of)
    register(of.name, function(keys, args)
        local v = visit.look(keys, args)
        local own = of.read and of.read(args)
        if not of.read then count_in(args, 1) end
        if not community.read_all(v) then return refuse('community_unknown') end
        deadline.foresee(v)
        return of.look(v, own)
    end, {'no-writes'})
end
