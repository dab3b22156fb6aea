# NAME, ROOT, LIST (a file of paths parted by |), TO: a C file whose table embedded_NAME holds the
# files' bytes. The assembler copies them (.incbin): no array literals to parse, however large they
# grow.
cmake_minimum_required(VERSION 3.25)
file(READ ${LIST} files)
string(REPLACE "|" ";" files "${files}")
set(rows "")
set(externs "")
set(bytes "")
set(n 0)
list(SORT files)
foreach(path IN LISTS files)
    file(RELATIVE_PATH short ${ROOT} ${path})
    set(symbol "embedded_${NAME}_${n}")
    string(APPEND bytes "__asm__(\".pushsection .rodata\\n\"
        \".global ${symbol}, ${symbol}_end\\n\"
        \"${symbol}:\\n.incbin \\\"${path}\\\"\\n\"
        \"${symbol}_end: .byte 0\\n.popsection\\n\");\n")
    string(APPEND externs "extern const char ${symbol}[] HIDDEN;
extern const char ${symbol}_end[] HIDDEN;\n")
    string(APPEND rows "    {\"${short}\", ${symbol}, ${symbol}_end},\n")
    math(EXPR n "${n} + 1")
endforeach()
if(n EQUAL 0)
    set(rows "    {0},\n")
endif()
file(WRITE ${TO} "/* embedded_${NAME}.c -- written by the build. */
#include \"groundswell/base/embedded.h\"

#define HIDDEN __attribute__((visibility(\"hidden\")))
${externs}
${bytes}
const struct embedded embedded_${NAME}[] = {
${rows}};
const size_t embedded_${NAME}_n = ${n};
")
