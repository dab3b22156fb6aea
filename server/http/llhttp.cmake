# llhttp, compiled from the C sources that Debian's node-llhttp ships, with our strictness and
# without our warnings. Its objects become part of the room's own library.
find_path(LLHTTP_SOURCES llhttp.c PATHS /usr/share/llhttp REQUIRED NO_DEFAULT_PATH)
find_path(LLHTTP_INCLUDE llhttp/llhttp.h PATHS /usr/share/include REQUIRED NO_DEFAULT_PATH)

add_library(llhttp INTERFACE)
target_compile_definitions(llhttp INTERFACE LLHTTP_STRICT_MODE=1)
target_include_directories(llhttp SYSTEM INTERFACE ${LLHTTP_INCLUDE})

add_library(llhttp_objects OBJECT ${LLHTTP_SOURCES}/llhttp.c ${LLHTTP_SOURCES}/api.c
    ${LLHTTP_SOURCES}/http.c)
target_compile_definitions(llhttp_objects PRIVATE LLHTTP_STRICT_MODE=1)
target_include_directories(llhttp_objects PRIVATE ${LLHTTP_INCLUDE}/llhttp)
target_compile_options(llhttp_objects PRIVATE -w -O2 -g)
if(GROUNDSWELL_SANITIZE)
    target_compile_options(llhttp_objects PRIVATE -fsanitize=address -fno-omit-frame-pointer)
endif()
if(GROUNDSWELL_FUZZ)
    target_compile_options(llhttp_objects PRIVATE -fsanitize=fuzzer-no-link)
endif()
set_target_properties(llhttp_objects PROPERTIES POSITION_INDEPENDENT_CODE ON)
target_sources(gs_http PRIVATE $<TARGET_OBJECTS:llhttp_objects>)
