# One compiler policy for the whole project: docs/decisions/0001-compiler.md says why.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  message(FATAL_ERROR
    "g++ ${CMAKE_CXX_COMPILER_VERSION} miscompiles coroutines: it destroys temporaries in co_await "
    "expressions twice. Use clang 19 (the presets do) or g++ 13 and later.")
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

find_program(CCACHE ccache)
if(CCACHE)
  # What ccache needs to take precompiled headers for what they are.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()

set(PARLEY_SANITIZE "" CACHE STRING "Sanitizers for -fsanitize=, for example address,undefined")

add_library(parley_options INTERFACE)
target_compile_options(parley_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
  -Wunused -Werror -fno-omit-frame-pointer "SHELL:-Xclang -fno-pch-timestamp")
# SYSTEM keeps warnings of other people's headers out of ours.
target_include_directories(parley_options INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR})
target_compile_definitions(parley_options INTERFACE PARLEY_VERSION="${PROJECT_VERSION}")
target_link_options(parley_options INTERFACE -fuse-ld=lld)
if(PARLEY_SANITIZE)
  target_compile_options(parley_options INTERFACE -fsanitize=${PARLEY_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(parley_options INTERFACE -fsanitize=${PARLEY_SANITIZE})
endif()

option(PARLEY_LTO "Thin link-time optimization" OFF)
if(PARLEY_LTO)
  # "Fat" objects carry machine code as well: programs are optimized as a whole (parley_program), which takes most of a
  # minute each, and tests are linked as they are.
  target_compile_options(parley_options INTERFACE -flto=thin -ffat-lto-objects)
endif()

# A few files (Beast's WebSocket stream) take over 1 GB each to compile: one at a time.
set_property(GLOBAL APPEND PROPERTY JOB_POOLS heavy=1)
