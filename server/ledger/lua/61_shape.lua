-- 61_shape.lua -- proposals as they take shape: amended by who submitted them, merged with one
-- another, and found eligible by the body, or not, with its reasons.
--
-- In `p:<n>`: `by` (the subject who submitted it: in no record), `version` (absent: 1),
-- `v<version>` -> `<seq> <at> <price> <milestones or ->`, `judged` -> `<1 or 0> <seq> <at>`
-- (absent: not judged), `merging` -> what a proposer has asked for: `<other> <version> <other's>
-- <by>`, `asked` (the proposal that is `merging` with this one), `merged` (the one it went up in).
-- Texts: `x:p<n>` the present one, `x:p<n>.<version>` those before, `x:p<n>.judged` the reasons.
-- Only `st` is looked at by a pledge: a late proposal to a body with a register waits there as u.
do
    local VERSIONS_MOST = 20
    local JUDGED, VERSION = '^([01]) (%d+) (%d+)$', '^(%d+) (%d+) (%d+) (%S+)$'
    local MERGING = '^(%d+) (%d+) (%d+) (.*)$'

    local function version_row(v, own)
        return concat({text_of(v.seq), v.at_text, text_of(own.price),
                       own.milestones and own.milestones.text or '-'}, ' ')
    end

    -- Behind proposal_submitted.
    function shape.begin(v, own)
        call('HSET', v.key .. 'p:' .. text_of(v.number), 'by', v.subject,
             'v1', version_row(v, own))
    end

    -- Submitted while pledging runs, where bodies keep a register: it takes pledges once judged.
    function shape.must_wait(v, t) return v.c.members_min > 0 and tender.is_live(t.word) end

    -- Of a published tender whose pledging is to open: the refusal where any was not judged.
    function shape.unjudged(v, t)
        if v.c.members_min == 0 then return nil end
        local live, n = call('SMEMBERS', v.key .. 'tl:' .. text_of(t.number)), 0
        for i = 1, #live do
            n = n + 1 - call('HEXISTS', v.key .. 'p:' .. live[i], 'judged')
        end
        if n == 0 then return nil end
        return refuse('proposals_unjudged', 'unjudged', n, 'proposals', t.live)
    end

    -- p.by, version, judged, merging, asked, merged.
    local function read(p)
        local r = call('HMGET', p.key, 'by', 'version', 'judged', 'merging', 'asked', 'merged')
        p.by, p.version, p.judged = r[1], tonumber(r[2] or '1'), r[3]
        p.merging, p.asked, p.merged = r[4], r[5], r[6]
        return p
    end

    local function known(v, number)
        local p = proposal.read(v, number)
        if not p then return refuse('proposal_unknown', 'proposal', number) end
        return nil, read(p)
    end

    -- The refusal unless it can still change: it is in the running and pledging has not begun.
    local function frozen(v, p, t)
        local no = proposal.has_left(proposal.state(v, p.number))
        if no then return no end
        if tender.has_ended(t.word) then return refuse('tender_closed', 'state', t.word) end
        return tender.is_live(t.word) and refuse('proposal_frozen', 'state', t.word) or nil
    end

    -- ---- proposal_judge -------------------------------------------------------------------------

    local function judge(v, own)
        local no, p, t, state = proposal.of_body(v, own)
        if no then return no end
        if own.eligible == 0 and state == 'l' and tender.is_live(t.word) then
            return refuse('proposal_frozen', 'state', t.word)
        end
        v.number = own.proposal
        local number, eligible = text_of(own.proposal), text_of(own.eligible)
        v.seq = log.append(v, 'proposal_judged', nil,
                           {'proposal', number, 'eligible', eligible, 'text', own.hash})
        call('HSET', p.key, 'judged', concat({eligible, text_of(v.seq), v.at_text}, ' '))
        call('SET', v.key .. 'x:p' .. number .. '.judged', own.text)
        if own.eligible == 0 then
            proposal.leave(v, p, 'w')
        elseif state == 'u' then
            call('HSET', v.key .. 'st', 'p' .. number, 'l')
        end
        community.save(v)
        return {}
    end

    -- KEYS {slug}:c; ARGV head, proposal, actor_body, eligible(0/1), text_hash, text (the reasons)
    act{name = 'proposal_judge', object = 'proposal', perform = judge, read = function(args)
        count_in(args, 10)
        return {proposal = number_in(args, 6, 0, NUMBER_MOST, 'proposal'),
                body = word_in(args, 7, true, 'actor_body'),
                eligible = number_in(args, 8, 0, 1, 'eligible'),
                hash = hash_in(args, 9, false, 'text_hash'), text = text_in(args, 10)}
    end}

    -- ---- proposal_amend -------------------------------------------------------------------------

    local function amendment_refused(v, p, t, own)
        if p.by ~= v.subject then return refuse('not_your_proposal') end
        local no = frozen(v, p, t)
        if no then return no end
        if p.version >= VERSIONS_MOST then
            return refuse('amendments_too_many', 'amendments', p.version - 1,
                          'most', VERSIONS_MOST - 1)
        end
        return proposal.price_refused(t, own)
    end

    local function write_amendment(v, own, p, t, version)
        local text = v.key .. 'x:p' .. text_of(own.proposal)
        local before = call('GET', text)
        offer.amended(v, text_of(own.proposal), own.help, offer.stays(before, own.text))
        if before then call('SET', text .. '.' .. text_of(p.version), before) end
        call('SET', text, own.text)
        call('HSET', p.key, 'version', version, 'v' .. version, version_row(v, own),
             'price', text_of(own.price), 'rule', proposal.rule(p.tender, own.price, t))
        if own.milestones then
            call('HSET', p.key, 'milestones', own.milestones.text)
        else
            call('HDEL', p.key, 'milestones')
        end
        call('HDEL', p.key, 'judged')
        call('UNLINK', text .. '.judged')
        community.save(v)
    end

    local function amend(v, own)
        local no, p = known(v, own.proposal)
        if no then return no end
        local t = tender.read(v, p.tender)
        no = amendment_refused(v, p, t, own)
        if no then return no end
        v.number = own.proposal
        local version = text_of(p.version + 1)
        local fields = {'proposal', text_of(own.proposal), 'version', version,
                        'price', text_of(own.price)}
        log.optional(fields, 'milestones', own.milestones and own.milestones.text or '')
        log.optional(fields, 'text', own.hash)
        v.seq = log.append(v, 'proposal_amended', nil, fields)
        write_amendment(v, own, p, t, version)
        return {}
    end

    -- KEYS {slug}:c; ARGV head, proposal, price, text_hash, text, milestones ('': one, the price)
    act{name = 'proposal_amend', object = 'proposal', perform = amend, read = function(args)
        count_in(args, 10)
        return {proposal = number_in(args, 6, 0, NUMBER_MOST, 'proposal'),
                price = number_in(args, 7, 1, NUMBER_MOST, 'price'),
                hash = hash_in(args, 8, false, 'text_hash'), text = text_in(args, 9),
                help = offer.asked(args[9]),
                milestones = contract.amounts_in(args, 10, true, 'milestones')}
    end}

    -- ---- proposal_merge -------------------------------------------------------------------------

    -- Who asked that p take in the other, as both are now; nil where nobody did.
    local function asker(p, other)
        local of, version, others, by = match(p.merging or '', MERGING)
        if of == text_of(other.number) and tonumber(version) == p.version
            and tonumber(others) == other.version then return by end
        return nil
    end

    local function merger_refused(v, p, other)
        if p.number == other.number or p.tender ~= other.tender then
            return refuse('proposals_apart')
        end
        if p.by ~= v.subject and other.by ~= v.subject then return refuse('not_your_proposal') end
        local t = tender.read(v, p.tender)
        return frozen(v, p, t) or frozen(v, other, t)
    end

    -- The first proposer asks and waits; an amendment of either makes what was asked void.
    local function ask(v, p, other)
        call('HSET', p.key, 'merging', concat({text_of(other.number), text_of(p.version),
                                               text_of(other.version), v.subject}, ' '))
        call('HSET', other.key, 'asked', text_of(p.number))
        v.pending = true
        return {'pending', '1'}
    end

    local function merge(v, own)
        local no, p, other
        no, p = known(v, own.proposal)
        if no then return no end
        no, other = known(v, own.other)
        no = no or merger_refused(v, p, other)
        if no then return no end
        v.number = own.proposal
        local asked = asker(p, other)
        if p.by ~= other.by and (not asked or asked == v.subject) then return ask(v, p, other) end
        v.seq = log.append(v, 'proposals_merged', nil, {
            'proposal', text_of(own.proposal), 'other', text_of(own.other)})
        call('HDEL', p.key, 'merging')
        call('HSET', other.key, 'merged', text_of(own.proposal))
        call('HDEL', other.key, 'asked')
        proposal.leave(v, other, 'w')
        community.save(v)
        return {}
    end

    -- KEYS {slug}:c; ARGV head, proposal (that stays), other (that goes up in it)
    act{name = 'proposal_merge', object = 'proposal', perform = merge, read = function(args)
        count_in(args, 7)
        return {proposal = number_in(args, 6, 0, NUMBER_MOST, 'proposal'),
                other = number_in(args, 7, 0, NUMBER_MOST, 'other')}
    end}

    -- ---- what readers say -----------------------------------------------------------------------

    -- The number of the proposal that `p` asks to take in, or 0; both must still be in the running.
    local function wanted(v, p)
        local of = match(p.merging or '', MERGING)
        local other = of and read(proposal.read(v, tonumber(of)))
        if not other or not asker(p, other) then return 0 end
        local left = proposal.has_left(proposal.state(v, p.number))
            or proposal.has_left(proposal.state(v, other.number))
        return left and 0 or other.number
    end

    -- p.version, judged, judged_at, reasons, merge_with, merge_into, merged_into.
    function shape.describe(v, p)
        read(p)
        local eligible, _, at = match(p.judged or '', JUDGED)
        p.judged = eligible and (eligible == '1' and 'eligible' or 'ineligible') or ''
        p.judged_at = at or '0'
        p.reasons = eligible and community.view.text_at(v, 'p' .. text_of(p.number) .. '.judged')
        p.merge_with, p.merged_into, p.merge_into = wanted(v, p), p.merged or '0', '0'
        local asking = p.asked and read(proposal.read(v, tonumber(p.asked)))
        if asking and wanted(v, asking) == p.number then p.merge_into = p.asked end
    end

    -- What stood in one version; `version` as text.
    local function version_item(v, p, version)
        local row = call('HGET', p.key, 'v' .. version)
        local seq, at, price, milestones = match(row or '0 0 0 -', VERSION)
        local suffix = tonumber(version) < p.version and '.' .. version or ''
        return {'version', version, 'seq', seq, 'at', at, 'price', price,
                'milestones', milestones == '-' and '' or milestones,
                'text', community.view.text_at(v, 'p' .. text_of(p.number) .. suffix)}
    end

    -- The versions behind `after`, and the one at it, so that what changed can be told.
    -- KEYS {slug}:c; ARGV now_ms, proposal, after (a version), limit
    reader{name = 'proposal_versions', read = function(args)
        count_in(args, 4)
        return {number = number_in(args, 2, 0, NUMBER_MOST, 'proposal'),
                after = number_in(args, 3, 0, NUMBER_MOST, 'after'),
                limit = number_in(args, 4, 1, 100, 'limit')}
    end, look = function(v, own)
        local no, p = known(v, own.number)
        if no then return no end
        local last = min(own.after + own.limit, p.version)
        local ok = {'ok', {'next', last < p.version and text_of(last) or '0'}}
        for version = max(own.after, 1), last do
            ok[#ok + 1] = version_item(v, p, text_of(version))
        end
        return ok
    end}
end
