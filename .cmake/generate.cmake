# What the build writes into ${CMAKE_BINARY_DIR}/generated: the list of refusals as an X-macro, and
# the Lua library, the schemas, the pages' files and the commonest passwords as bytes of the binary,
# so that one file is all there is to install. See .cmake/write_*.cmake.
set(GENERATED ${CMAKE_BINARY_DIR}/generated)
set(WRITERS ${CMAKE_SOURCE_DIR}/.cmake)
file(GLOB EMBEDDED_LUA CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/server/ledger/lua/*.lua)
file(GLOB_RECURSE EMBEDDED_SCHEMAS CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/schemas/*.json)
set(WEB ${CMAKE_SOURCE_DIR}/web)
set(EMBEDDED_WEB "")
foreach(folder assets audit letters me notices pages) # not what they are compiled from
    file(GLOB_RECURSE more CONFIGURE_DEPENDS ${WEB}/${folder}/*)
    list(APPEND EMBEDDED_WEB ${more})
endforeach()
file(GLOB more CONFIGURE_DEPENDS ${WEB}/words/*.po)
list(APPEND EMBEDDED_WEB ${more})

add_custom_command(
    OUTPUT ${GENERATED}/groundswell/base/refusal_list.h
    COMMAND ${CMAKE_COMMAND} -DFROM=${CMAKE_SOURCE_DIR}/schemas/refusals.json
        -DTO=${GENERATED}/groundswell/base/refusal_list.h -P ${WRITERS}/write_refusals.cmake
    DEPENDS ${CMAKE_SOURCE_DIR}/schemas/refusals.json ${WRITERS}/write_refusals.cmake
    COMMENT "Writing the list of refusals" VERBATIM)

# embed(NAME ROOT FILES...): embedded_NAME.c holds the files, named by their path under ROOT.
function(embed name root)
    list(JOIN ARGN "|" files)
    # The list itself is a file, so that a file that was removed is noticed too.
    file(CONFIGURE OUTPUT ${GENERATED}/embedded_${name}.list CONTENT "${files}")
    add_custom_command(
        OUTPUT ${GENERATED}/embedded_${name}.c
        COMMAND ${CMAKE_COMMAND} -DNAME=${name} -DROOT=${root}
            -DLIST=${GENERATED}/embedded_${name}.list
            -DTO=${GENERATED}/embedded_${name}.c -P ${WRITERS}/write_embedded.cmake
        DEPENDS ${ARGN} ${GENERATED}/embedded_${name}.list ${WRITERS}/write_embedded.cmake
        COMMENT "Embedding ${name}" VERBATIM)
endfunction()

embed(lua ${CMAKE_SOURCE_DIR}/server/ledger/lua ${EMBEDDED_LUA})
embed(schemas ${CMAKE_SOURCE_DIR}/schemas ${EMBEDDED_SCHEMAS})
embed(web ${WEB} ${EMBEDDED_WEB})

# Scripts, styles and pictures also as small as they get, for who accepts that: NAME.br, NAME.gz.
find_program(BROTLI brotli REQUIRED)
find_program(GZIP gzip REQUIRED)
set(EMBEDDED_PACKED "")
foreach(path IN LISTS EMBEDDED_WEB)
    if(NOT path MATCHES "\\.(css|js|svg)$")
        continue()
    endif()
    file(RELATIVE_PATH short ${WEB} ${path})
    set(to ${GENERATED}/packed/${short})
    get_filename_component(folder ${to} DIRECTORY)
    add_custom_command(OUTPUT ${to}.br ${to}.gz
        COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
        COMMAND ${BROTLI} -f -n -q 11 -o ${to}.br ${path}
        COMMAND ${CMAKE_COMMAND} -E copy ${path} ${to}
        COMMAND ${GZIP} -9 -n -f ${to}
        DEPENDS ${path} COMMENT "Packing ${short}" VERBATIM)
    list(APPEND EMBEDDED_PACKED ${to}.br ${to}.gz)
endforeach()
embed(packed ${GENERATED}/packed ${EMBEDDED_PACKED})

# The commonest passwords, most common first: Debian's package john-data, in the public domain.
find_file(COMMON_PASSWORDS password.lst PATHS /usr/share/john NO_DEFAULT_PATH REQUIRED)
embed(passwords /usr/share/john ${COMMON_PASSWORDS})

add_custom_target(generated DEPENDS ${GENERATED}/groundswell/base/refusal_list.h
    ${GENERATED}/embedded_lua.c ${GENERATED}/embedded_schemas.c ${GENERATED}/embedded_web.c
    ${GENERATED}/embedded_packed.c ${GENERATED}/embedded_passwords.c)

add_library(gs_embedded STATIC ${GENERATED}/embedded_lua.c ${GENERATED}/embedded_schemas.c
    ${GENERATED}/embedded_web.c ${GENERATED}/embedded_packed.c ${GENERATED}/embedded_passwords.c)
target_link_libraries(gs_embedded PUBLIC options)
set_target_properties(gs_embedded PROPERTIES POSITION_INDEPENDENT_CODE ON)
add_dependencies(gs_embedded generated)
