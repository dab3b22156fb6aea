# FROM: schemas/refusals.json, TO: refusal_list.h with REFUSALS(X) X(NAME, "code", status,
# "sentence").
cmake_minimum_required(VERSION 3.25)
file(READ ${FROM} json)
string(JSON n LENGTH "${json}" refusals)
math(EXPR last "${n} - 1")
set(rows "")
set(codes "")
foreach(i RANGE ${last})
    string(JSON one GET "${json}" refusals ${i})
    string(JSON code GET "${one}" code)
    string(JSON status GET "${one}" status)
    string(JSON sentence GET "${one}" sentence)
    if(NOT code MATCHES "^[a-z][a-z0-9_]*$")
        message(FATAL_ERROR "refusals.json: \"${code}\" is not a code: small letters, digits and _")
    endif()
    if(NOT status MATCHES "^[45][0-9][0-9]$")
        message(FATAL_ERROR "refusals.json: ${code} has status ${status}: no way to say no")
    endif()
    if(code IN_LIST codes)
        message(FATAL_ERROR "refusals.json: ${code} stands twice")
    endif()
    if(sentence STREQUAL "")
        message(FATAL_ERROR "refusals.json: ${code} has no sentence")
    endif()
    list(APPEND codes ${code})
    string(TOUPPER ${code} name)
    string(REPLACE "\\" "\\\\" sentence "${sentence}")
    string(REPLACE "\"" "\\\"" sentence "${sentence}")
    string(REPLACE "\n" "\\n" sentence "${sentence}")
    string(APPEND rows " \\\n    X(${name}, \"${code}\", ${status}, \"${sentence}\")")
endforeach()
file(WRITE ${TO} "/* refusal_list.h -- written by the build from schemas/refusals.json. */
#ifndef GROUNDSWELL_BASE_REFUSAL_LIST_H
#define GROUNDSWELL_BASE_REFUSAL_LIST_H

#define REFUSALS(X)${rows}

#endif
")
