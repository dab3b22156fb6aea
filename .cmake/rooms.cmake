# room(NAME [LIBRARIES]): the static library gs_NAME from server/NAME/*.c. What it may call stands
# in server/NAME/.may_include, one word a line: `room base`, `header jansson.h`. The link lines
# follow from it.
function(room name)
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/server/${name}/*.c)
    file(STRINGS ${CMAKE_SOURCE_DIR}/server/${name}/.may_include lines REGEX "^room ")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
        ${CMAKE_SOURCE_DIR}/server/${name}/.may_include)
    if(NOT sources)
        add_library(gs_${name} INTERFACE) # a room still to be furnished
        return()
    endif()
    add_library(gs_${name} STATIC ${sources})
    target_link_libraries(gs_${name} PUBLIC options ${ARGN} gs_embedded)
    add_dependencies(gs_${name} generated)
    foreach(line IN LISTS lines)
        string(REPLACE "room " "" below "${line}")
        target_link_libraries(gs_${name} PUBLIC gs_${below})
    endforeach()
    set_target_properties(gs_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
endfunction()
