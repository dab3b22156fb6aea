-- 24_file.lua -- the files that were uploaded to a community: `files`, SHA-256 in hex -> a row
-- `<type> <bytes> <at> <published at, or 0> <by,by...> <name>`.
--
-- The bytes lie in DATA/files (io/shelf.h), put there before anybody notes them here. A file is its
-- uploaders' alone until an act of the commons attaches it to something, and then everybody's:
--
--     local f = file.known(v, sha)     nil, or {type, bytes, at, public, by, name}: a check
--     file.publish(v, sha)             behind all checks, of a known file only; never raises
--
-- `sha` is read by hash_in(args, i, may_be_empty, 'file'). The act's record carries sha, type and
-- bytes, never the name. What nobody has attached a week after it was last uploaded is forgotten by
-- people_purge. `counts` has `file_bytes`, the sum of all rows, and `files_from`, when the first of
-- them was written: a ledger that was rebuilt from its log does not know what is older, and nobody
-- may take it for forgotten.
do
    local ROW, FILES_MOST, BY_MOST = '^(%l+) (%d+) (%d+) (%d+) (%S+) (.*)$', 10000, 8
    local REST_MS = 7 * DAY_MS

    local function parse(row)
        local kind, bytes, at, public, by, name = match(row, ROW)
        return {type = kind, bytes = tonumber(bytes), at = tonumber(at),
                public = tonumber(public), by = by, name = name}
    end

    function file.known(v, sha)
        local row = call('HGET', v.key .. 'files', sha)
        return row and parse(row) or nil
    end

    local function write(v, sha, f)
        call('HSET', v.key .. 'files', sha,
             concat({f.type, text_of(f.bytes), text_of(f.at), text_of(f.public), f.by, f.name},
                    ' '))
    end

    function file.publish(v, sha)
        local f = file.known(v, sha)
        if not f or f.public > 0 then return end
        f.public = v.at
        write(v, sha, f)
    end

    -- The latest uploaders; one more takes the place of the oldest.
    local function with_uploader(by, subject)
        local list, n = {subject}, 1
        for one in gmatch(by, '[^,]+') do
            if one ~= subject and n < BY_MOST then
                n = n + 1
                list[n] = one
            end
        end
        return concat(list, ',')
    end

    local function full(v, own)
        local files = call('HLEN', v.key .. 'files')
        local bytes = tonumber(call('HGET', v.key .. 'counts', 'file_bytes') or '0')
        if files < FILES_MOST and bytes + own.bytes <= own.most then return nil end
        return refuse('files_full', 'files', files, 'most', FILES_MOST, 'bytes', bytes,
                      'more', own.bytes, 'most_bytes', own.most)
    end

    local function note(v, own)
        local f = file.known(v, own.file)
        local no = not f and full(v, own)
        if no then return no end
        if not f then
            f = {type = own.type, bytes = own.bytes, public = 0, by = '', name = own.name}
            call('HINCRBY', v.key .. 'counts', 'file_bytes', text_of(own.bytes))
            call('HSETNX', v.key .. 'counts', 'files_from', v.at_text)
        end
        f.at, f.by = v.at, with_uploader(f.by, v.subject)
        if f.public == 0 then f.type, f.name = own.type, own.name end
        write(v, own.file, f)
        return {}
    end

    local function read_note(args)
        count_in(args, 10)
        if not find(args[2], '^[%w_.-]+$') then malformed('subject') end
        if not find(args[7], '^%l+$') then malformed('type') end
        return {file = hash_in(args, 6, false, 'file'), type = bytes_in(args, 7, 1, 16, 'type'),
                bytes = number_in(args, 8, 1, NUMBER_MOST, 'bytes'),
                name = bytes_in(args, 9, 1, 480, 'name'),
                most = number_in(args, 10, 0, NUMBER_MOST, 'most')}
    end

    -- KEYS {slug}:c; ARGV head, file, type, bytes, name, most bytes of all files together
    act{name = 'file_note', read = read_note, perform = note}

    -- Of people_purge: a thousand rows a call. True where there is more.
    function file.sweep(v)
        return journal.sweep(v, 'files', function(_, row)
            local f = parse(row)
            if f.public > 0 or v.at - f.at <= REST_MS then return false end
            call('HINCRBY', v.key .. 'counts', 'file_bytes', '-' .. text_of(f.bytes))
            return true
        end)
    end

    -- KEYS {slug}:c; ARGV now_ms, file
    reader{name = 'file_view', read = function(args)
        count_in(args, 2)
        return {file = hash_in(args, 2, false, 'file')}
    end, look = function(v, own)
        local f = file.known(v, own.file)
        if not f then return refuse('file_unknown') end
        return {'ok', 'type', f.type, 'bytes', text_of(f.bytes), 'at', text_of(f.at),
                'public', f.public > 0 and '1' or '0', 'by', f.by, 'name', f.name}
    end}

    local function read_files(args)
        if #args < 2 or #args > 501 then malformed('arguments') end
        for i = 2, #args do hash_in(args, i, false, 'file') end
        return args
    end

    -- KEYS {slug}:c; ARGV now_ms, then 1 to 500 files. Answers the places, from 0 on, of those that
    -- are not known, and since when files are (0: none is, and none is unknown).
    reader{name = 'files_unknown', read = read_files, look = function(v, args)
        local list, from = {}, call('HGET', v.key .. 'counts', 'files_from')
        for i = 2, from and #args or 1 do
            if call('HEXISTS', v.key .. 'files', args[i]) == 0 then
                list[#list + 1] = text_of(i - 2)
            end
        end
        return {'ok', 'unknown', concat(list, ','), 'from', from or '0'}
    end}
end
