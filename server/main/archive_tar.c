/* archive_tar.c -- the members of an archive, as ustar (POSIX.1-1988) writes them, so that what was
 * decrypted can be looked at with tools that everybody has.
 *
 * Each member is hashed as it goes by; SHA256SUMS is these hashes, and who reads compares it with
 * its own, byte for byte. Names are checked although nobody without the key can have changed one:
 * an archive never writes outside of the folder that it is read into. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive.h"
#include "groundswell/io/file.h"
#include "groundswell/ledger/files.h"

#define BLOCK ((size_t)512)
#define NAME_MAX_USTAR 100
#define PREFIX_MAX_USTAR 155
#define PATH_SIZE 4096
#define PART ((size_t)65536)
#define SIZE_DIGITS 11
#define SIZE_MAX_USTAR ((UINT64_C(1) << 33) - 1)

struct block {
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], sum[8], kind, link[100];
    char magic[8], user[32], group[32], major[8], minor[8], prefix[155], rest[12];
};
_Static_assert(sizeof(struct block) == BLOCK, "ustar's header");

void archive_release(struct archive *archive)
{
    crypt_release(&archive->crypt);
    buf_release(&archive->sums);
}

/* ---- headers --------------------------------------------------------------------------------- */

static void octal_put(char *to, size_t digits, uint64_t value)
{
    for (size_t i = digits; i > 0; i--, value >>= 3)
        to[i - 1] = (char)('0' + (value & 7));
}

static bool octal_read(const char *from, size_t digits, uint64_t *ret)
{
    *ret = 0;
    for (size_t i = 0; i < digits; i++) {
        if (from[i] < '0' || from[i] > '7') return false;
        *ret = *ret << 3 | (uint64_t)(from[i] - '0');
    }
    return true;
}

static uint64_t block_sum(const struct block *block)
{
    struct block blank = *block;
    const unsigned char *bytes = (const unsigned char *)&blank;
    uint64_t sum = 0;
    memset(blank.sum, ' ', sizeof blank.sum);
    for (size_t i = 0; i < BLOCK; i++)
        sum += bytes[i];
    return sum;
}

/* Longer names are cut at a slash, as ustar has it. */
static bool name_put(struct block *block, const char *name)
{
    size_t n = strlen(name), cut = 0;
    for (size_t i = 0; n > NAME_MAX_USTAR && i < n && i <= PREFIX_MAX_USTAR; i++)
        if (name[i] == '/') cut = i;
    const char *behind = cut ? name + cut + 1 : name;
    n = strlen(behind);
    if (n == 0 || n > NAME_MAX_USTAR) return false;
    memcpy(block->prefix, name, cut);
    memcpy(block->name, behind, n);
    return true;
}

static enum fault header_put(struct archive *archive, const char *name, uint64_t size)
{
    struct block block = {.kind = '0'};
    if (!name_put(&block, name) || size > SIZE_MAX_USTAR)
        return doubt_raise(archive->doubt, FAULT_LIMIT, "%s does not fit into an archive", name);
    octal_put(block.mode, 7, 0600);
    octal_put(block.uid, 7, 0);
    octal_put(block.gid, 7, 0);
    octal_put(block.size, SIZE_DIGITS, size);
    octal_put(block.mtime, SIZE_DIGITS, 0);
    memcpy(block.magic, "ustar\0" "00", sizeof block.magic);
    octal_put(block.sum, 6, block_sum(&block));
    block.sum[6] = '\0';
    return crypt_write(&archive->crypt, &block, sizeof block);
}

static enum fault padding_put(struct archive *archive, uint64_t size)
{
    static const char zeros[BLOCK];
    const size_t over = (size_t)(size % BLOCK);
    return over ? crypt_write(&archive->crypt, zeros, BLOCK - over) : FAULT_NONE;
}

static void sum_add(struct archive *archive, const char *name,
                    const uint8_t digest[static DIGEST_SIZE])
{
    if (!archive->sums.max) archive->sums = BUF_MAX(ARCHIVE_SUMS_MAX);
    encode_hex(&archive->sums, digest, DIGEST_SIZE);
    buf_format(&archive->sums, "  %s\n", name);
}

/* A file of files/ is called by its hash (io/shelf.h): one that is not has rotted where it lay. */
static enum fault name_judge(struct archive *archive, const char *name,
                             const uint8_t digest[static DIGEST_SIZE])
{
    CLEANUP(buf) struct buf hex = BUF_MAX(KIB);
    const size_t n = strlen(name);
    if (strncmp(name, FILES_FOLDER "/", strlen(FILES_FOLDER "/")) != 0) return FAULT_NONE;
    encode_hex(&hex, digest, DIGEST_SIZE);
    if (hex.len < n && memcmp(name + n - hex.len, hex.data, hex.len) == 0) return FAULT_NONE;
    return doubt_raise(archive->doubt, FAULT_FORMAT, "%s is not the file that its name says", name);
}

/* ---- putting --------------------------------------------------------------------------------- */

static enum fault bytes_put(struct archive *archive, const char *name, struct text content)
{
    enum fault no = header_put(archive, name, content.n);
    if (!no) no = crypt_write(&archive->crypt, content.at, content.n);
    return no ? no : padding_put(archive, content.n);
}

enum fault archive_put(struct archive *archive, const char *name, struct text content)
{
    uint8_t digest[DIGEST_SIZE];
    digest_sha256(content, digest);
    sum_add(archive, name, digest);
    archive->members++;
    archive->bytes += content.n;
    return bytes_put(archive, name, content);
}

static enum fault part_put(struct archive *archive, FILE *from, uint64_t *left, EVP_MD_CTX *hash)
{
    uint8_t part[PART];
    const size_t wanted = *left < PART ? (size_t)*left : PART;
    const size_t n = fread(part, 1, wanted, from);
    *left -= n;
    if (n < wanted || EVP_DigestUpdate(hash, part, n) != 1) return FAULT_IO;
    return crypt_write(&archive->crypt, part, n);
}

static enum fault stream_put(struct archive *archive, const char *name, FILE *from,
                             EVP_MD_CTX *hash)
{
    struct stat is;
    uint8_t digest[DIGEST_SIZE];
    if (fstat(fileno(from), &is) != 0) return FAULT_IO;
    uint64_t left = (uint64_t)is.st_size;
    enum fault no = header_put(archive, name, left);
    if (!no && EVP_DigestInit_ex(hash, EVP_sha256(), NULL) != 1) no = FAULT_MEMORY;
    while (!no && left)
        no = part_put(archive, from, &left, hash);
    if (!no && EVP_DigestFinal_ex(hash, digest, NULL) != 1) no = FAULT_MEMORY;
    if (!no) no = name_judge(archive, name, digest);
    if (!no) no = padding_put(archive, (uint64_t)is.st_size);
    if (no) return no;
    sum_add(archive, name, digest);
    archive->members++;
    archive->bytes += (uint64_t)is.st_size;
    return FAULT_NONE;
}

enum fault archive_put_file(struct archive *archive, const char *name, const char *path)
{
    FILE *from = fopen(path, "rbe");
    if (!from)
        return doubt_raise(archive->doubt, errno == ENOENT ? FAULT_ABSENT : FAULT_IO,
                           "%s cannot be read", path);
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    enum fault no = hash ? stream_put(archive, name, from, hash) : FAULT_MEMORY;
    EVP_MD_CTX_free(hash);
    fclose(from);
    if (no == FAULT_IO) (void)doubt_raise(archive->doubt, no, "%s cannot be read or written", path);
    return no;
}

static bool joined(char ret[static PATH_SIZE], const char *folder, const char *name)
{
    const int n = snprintf(ret, PATH_SIZE, "%s/%s", folder, name);
    return n > 0 && n < PATH_SIZE;
}

static enum fault entry_put(struct archive *archive, const char *folder, const char *name)
{
    char path[PATH_SIZE];
    struct stat is;
    if (!joined(path, folder, name)) return FAULT_LIMIT;
    if (lstat(path, &is) != 0) return FAULT_NONE; /* gone meanwhile */
    if (S_ISDIR(is.st_mode)) return archive_put_tree(archive, folder, name);
    return S_ISREG(is.st_mode) ? archive_put_file(archive, name, path) : FAULT_NONE;
}

enum fault archive_put_tree(struct archive *archive, const char *folder, const char *name)
{
    char path[PATH_SIZE], below[PATH_SIZE];
    struct dirent **entries = NULL;
    enum fault no = FAULT_NONE;
    if (!joined(path, folder, name)) return FAULT_LIMIT;
    const int n = scandir(path, &entries, NULL, alphasort);
    if (n < 0 && errno != ENOENT)
        return doubt_raise(archive->doubt, FAULT_IO, "%s cannot be read", path);
    for (int i = 0; i < n; i++) {
        const char *entry = entries[i]->d_name;
        if (!no && entry[0] != '.')
            no = joined(below, name, entry) ? entry_put(archive, folder, below) : FAULT_LIMIT;
        free(entries[i]);
    }
    free(entries);
    return no;
}

enum fault archive_put_end(struct archive *archive, struct text manifest)
{
    static const char zeros[2 * BLOCK];
    enum fault no = buf_fault(&archive->sums);
    if (!no) no = bytes_put(archive, ARCHIVE_SUMS, buf_view(&archive->sums));
    if (!no) no = bytes_put(archive, ARCHIVE_MANIFEST, manifest);
    if (!no) no = crypt_write(&archive->crypt, zeros, sizeof zeros);
    return no ? no : crypt_write_end(&archive->crypt);
}

/* ---- taking out ------------------------------------------------------------------------------ */

static bool name_is_safe(const char *name)
{
    struct text rest = text_of(name);
    if (rest.n == 0) return false;
    while (rest.at) {
        const struct text part = text_cut(&rest, '/');
        if (part.n == 0 || part.at[0] == '.') return false;
        for (size_t i = 0; i < part.n; i++)
            if (part.at[i] < ' ' || part.at[i] == 0x7f) return false;
    }
    return true;
}

struct member {
    char name[PREFIX_MAX_USTAR + NAME_MAX_USTAR + 2];
    uint64_t size;
};

/* *ret_more false: the end of the stream. */
static enum fault header_take(struct archive *archive, struct member *ret, bool *ret_more)
{
    static const struct block nothing;
    struct block block;
    uint64_t sum;
    const enum fault no = crypt_read(&archive->crypt, &block, sizeof block);
    if (no) return no;
    *ret_more = memcmp(&block, &nothing, sizeof block) != 0;
    if (!*ret_more) return FAULT_NONE;
    (void)snprintf(ret->name, sizeof ret->name, "%.*s%s%.*s", PREFIX_MAX_USTAR, block.prefix,
                   block.prefix[0] ? "/" : "", NAME_MAX_USTAR, block.name);
    if (!octal_read(block.sum, 6, &sum) || sum != block_sum(&block) || block.kind != '0' ||
        !octal_read(block.size, SIZE_DIGITS, &ret->size) || !name_is_safe(ret->name))
        return doubt_raise(archive->doubt, FAULT_FORMAT, "the archive holds what is no member");
    return FAULT_NONE;
}

static enum fault padding_take(struct archive *archive, uint64_t size)
{
    char over[BLOCK];
    return size % BLOCK ? crypt_read(&archive->crypt, over, BLOCK - (size_t)(size % BLOCK))
                        : FAULT_NONE;
}

static enum fault content_take(struct archive *archive, const struct member *member, FILE *to,
                               EVP_MD_CTX *hash)
{
    uint8_t part[PART], digest[DIGEST_SIZE];
    enum fault no = EVP_DigestInit_ex(hash, EVP_sha256(), NULL) == 1 ? FAULT_NONE : FAULT_MEMORY;
    for (uint64_t left = member->size; left && !no;) {
        const size_t n = left < PART ? (size_t)left : PART;
        left -= n;
        no = crypt_read(&archive->crypt, part, n);
        if (!no && (fwrite(part, 1, n, to) != n || EVP_DigestUpdate(hash, part, n) != 1))
            no = FAULT_IO;
    }
    if (!no && EVP_DigestFinal_ex(hash, digest, NULL) != 1) no = FAULT_MEMORY;
    if (!no) no = name_judge(archive, member->name, digest);
    if (!no) sum_add(archive, member->name, digest);
    return no;
}

static enum fault file_take(struct archive *archive, const struct member *member,
                            const char *folder)
{
    char path[PATH_SIZE];
    /* Logs are for everybody, and may be served by somebody else. */
    const bool is_public = strncmp(member->name, "log/", 4) == 0;
    if (!joined(path, folder, member->name)) return FAULT_LIMIT;
    char *slash = strrchr(path, '/');
    *slash = '\0';
    enum fault no = dir_make(path, is_public ? 0755 : 0700);
    *slash = '/';
    if (no) return no;
    const int fd =
        open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, is_public ? 0644 : 0600);
    FILE *to = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (!to) return FAULT_IO;
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    no = hash ? content_take(archive, member, to, hash) : FAULT_MEMORY;
    EVP_MD_CTX_free(hash);
    if (fclose(to) != 0 && !no) no = FAULT_IO;
    archive->members++;
    archive->bytes += member->size;
    return no ? no : padding_take(archive, member->size);
}

static enum fault bytes_take(struct archive *archive, const struct member *member,
                             struct buf *out)
{
    char part[PART];
    enum fault no = FAULT_NONE;
    for (uint64_t left = member->size; left && !no;) {
        const size_t n = left < PART ? (size_t)left : PART;
        left -= n;
        no = crypt_read(&archive->crypt, part, n);
        if (!no) buf_put(out, part, n);
    }
    if (!no) no = padding_take(archive, member->size);
    return no ? no : buf_fault(out);
}

static enum fault sums_take(struct archive *archive, const struct member *member)
{
    CLEANUP(buf) struct buf sums = BUF_MAX(ARCHIVE_SUMS_MAX);
    const enum fault no = bytes_take(archive, member, &sums);
    if (no) return no;
    if (!text_equal(buf_view(&sums), buf_view(&archive->sums)))
        return doubt_raise(archive->doubt, FAULT_FORMAT,
                           "the archive's members are not those that SHA256SUMS names");
    return FAULT_NONE;
}

static enum fault member_take(struct archive *archive, const struct member *member,
                              const char *folder, struct buf *ret_manifest)
{
    if (strcmp(member->name, ARCHIVE_SUMS) == 0) return sums_take(archive, member);
    if (strcmp(member->name, ARCHIVE_MANIFEST) == 0)
        return bytes_take(archive, member, ret_manifest);
    return file_take(archive, member, folder);
}

enum fault archive_extract(struct archive *archive, const char *folder, struct buf *ret_manifest)
{
    struct member member = {0};
    bool more = true;
    char zeros[BLOCK];
    enum fault no = FAULT_NONE;
    while (!no && more) {
        no = header_take(archive, &member, &more);
        if (!no && more) no = member_take(archive, &member, folder, ret_manifest);
    }
    if (!no) no = crypt_read(&archive->crypt, zeros, sizeof zeros);
    if (!no) no = crypt_read_end(&archive->crypt);
    if (!no && ret_manifest->len == 0)
        no = doubt_raise(archive->doubt, FAULT_FORMAT, "the archive has no manifest");
    return no;
}

/* ---- folders --------------------------------------------------------------------------------- */

static int one_remove(const char *path, const struct stat *is, int kind, struct FTW *at)
{
    (void)is;
    (void)kind;
    (void)at;
    return remove(path);
}

enum fault tree_remove(const char *path)
{
    if (access(path, F_OK) != 0 && errno == ENOENT) return FAULT_NONE;
    return nftw(path, one_remove, 16, FTW_DEPTH | FTW_PHYS) == 0 ? FAULT_NONE : FAULT_IO;
}
