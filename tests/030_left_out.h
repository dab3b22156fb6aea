/* 030_left_out.h -- what of the official suite is left out, and why. Each row must stay true. */
#define NEW "draft2020-12/"
#define OLD "draft4/"
#define METASCHEMA "the metaschema is not shipped, and nothing is ever fetched"
#define ASSERTS                                                                                    \
    "formats are asserted here, always: a format that is only noted would not protect anybody"
#define UNSUPPORTED_FORMAT "a format without a checker is refused, so that nobody relies on it"
#define UNKNOWN_KEYWORD "an unknown keyword is refused, so nothing can refer into it"
#define DIALECT                                                                                    \
    "a metaschema of one's own chooses vocabularies; the dialects are 2020-12 and draft-04"

static const struct left_out left_out[] = {
    {NEW "defs.json", "validate definition against metaschema", NULL, REFUSED, METASCHEMA},
    {NEW "ref.json", "remote ref, containing refs itself", NULL, REFUSED, METASCHEMA},
    {OLD "definitions.json", "validate definition against metaschema", NULL, REFUSED, METASCHEMA},
    {OLD "ref.json", "remote ref, containing refs itself", NULL, REFUSED, METASCHEMA},

    {NEW "vocabulary.json", NULL, NULL, REFUSED, DIALECT},
    {NEW "optional/format-assertion.json", NULL, NULL, REFUSED, DIALECT},
    {NEW "optional/cross-draft.json", NULL, NULL, REFUSED,
     "2019-09 is not one of the two dialects"},
    {NEW "optional/dependencies-compatibility.json", NULL, NULL, REFUSED,
     "2020-12 has split dependencies in two; the old spelling belongs to draft-04"},
    {NEW "optional/refOfUnknownKeyword.json", NULL, NULL, REFUSED, UNKNOWN_KEYWORD},
    {NEW "optional/unknownKeyword.json", NULL, NULL, REFUSED, UNKNOWN_KEYWORD},
    {OLD "optional/id.json", "id inside an enum is not a real identifier", NULL, REFUSED,
     "it uses const, which draft-04 does not have"},

    {OLD "optional/bignum.json", "integer", "a bignum is an integer", OTHERWISE,
     "Jansson keeps integers beyond 64 bits as reals, and in draft-04 no real is an integer"},
    {OLD "optional/bignum.json", "integer", "a negative bignum is an integer", OTHERWISE,
     "the same"},

    {NEW "format.json", "email format", "invalid email string is only an annotation by default",
     OTHERWISE, ASSERTS},
    {NEW "format.json", "idn-email format", NULL, REFUSED, UNSUPPORTED_FORMAT},
    {NEW "format.json", "regex format", NULL, REFUSED, UNSUPPORTED_FORMAT},
    {NEW "format.json", "ipv4 format", "invalid ipv4 string is only an annotation by default",
     OTHERWISE, ASSERTS},
    {NEW "format.json", "ipv6 format", "invalid ipv6 string is only an annotation by default",
     OTHERWISE, ASSERTS},
    {NEW "format.json", "idn-hostname format", NULL, REFUSED, UNSUPPORTED_FORMAT},
    {NEW "format.json", "hostname format", NULL, REFUSED, UNSUPPORTED_FORMAT},
    {NEW "format.json", "date format", "invalid date string is only an annotation by default",
     OTHERWISE, ASSERTS},
    {NEW "format.json", "date-time format",
     "invalid date-time string is only an annotation by default", OTHERWISE, ASSERTS},
    {NEW "format.json", "time format", "invalid time string is only an annotation by default",
     OTHERWISE, ASSERTS},
    {NEW "format.json", "json-pointer format",
     "invalid json-pointer string is only an annotation by default", OTHERWISE, ASSERTS},
    {NEW "format.json", "relative-json-pointer format", NULL, REFUSED, UNSUPPORTED_FORMAT},
    {NEW "format.json", "iri format", NULL, REFUSED, UNSUPPORTED_FORMAT},
    {NEW "format.json", "iri-reference format", NULL, REFUSED, UNSUPPORTED_FORMAT},
    {NEW "format.json", "uri format", "invalid uri string is only an annotation by default",
     OTHERWISE, ASSERTS},
    {NEW "format.json", "uri-reference format",
     "invalid uri-reference string is only an annotation by default", OTHERWISE, ASSERTS},
    {NEW "format.json", "uri-template format", NULL, REFUSED, UNSUPPORTED_FORMAT},
    {NEW "format.json", "uuid format", "invalid uuid string is only an annotation by default",
     OTHERWISE, ASSERTS},
    {NEW "format.json", "duration format", NULL, REFUSED, UNSUPPORTED_FORMAT},
    {OLD "format.json", "hostname format", NULL, REFUSED, UNSUPPORTED_FORMAT},
    {NEW "optional/format/duration.json", NULL, NULL, REFUSED, UNSUPPORTED_FORMAT},
    {NEW "optional/format/ecmascript-regex.json", NULL, NULL, REFUSED, UNSUPPORTED_FORMAT},
    {NEW "optional/format/hostname.json", NULL, NULL, REFUSED, UNSUPPORTED_FORMAT},
    {NEW "optional/format/idn-email.json", NULL, NULL, REFUSED, UNSUPPORTED_FORMAT},
    {NEW "optional/format/idn-hostname.json", NULL, NULL, REFUSED, UNSUPPORTED_FORMAT},
    {NEW "optional/format/iri.json", NULL, NULL, REFUSED, UNSUPPORTED_FORMAT},
    {NEW "optional/format/iri-reference.json", NULL, NULL, REFUSED, UNSUPPORTED_FORMAT},
    {NEW "optional/format/regex.json", NULL, NULL, REFUSED, UNSUPPORTED_FORMAT},
    {NEW "optional/format/relative-json-pointer.json", NULL, NULL, REFUSED, UNSUPPORTED_FORMAT},
    {NEW "optional/format/unknown.json", NULL, NULL, REFUSED, UNSUPPORTED_FORMAT},
    {NEW "optional/format/uri-template.json", NULL, NULL, REFUSED, UNSUPPORTED_FORMAT},
    {OLD "optional/format/hostname.json", NULL, NULL, REFUSED, UNSUPPORTED_FORMAT},
    {OLD "optional/format/unknown.json", NULL, NULL, REFUSED, UNSUPPORTED_FORMAT},
};
#undef NEW
#undef OLD
