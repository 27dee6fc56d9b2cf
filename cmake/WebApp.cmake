# PARLEY_WEB: the web app (web/) inside parleyd. Sets, for src/http:
#   PARLEY_WEB_SOURCES   where BuiltInWebAssets() is
#   PARLEY_WEB_BYTES     the library with the bytes of the files, or nothing
# PARLEY_WEB_TESTS: the web app's own tests with those of this build folder (tests/CMakeLists.txt).
#
# The app is built once, not once per preset: web/app/dist and build/web belong to all of them, and tools/web knows by
# itself whether a source has changed.
set(web_default OFF) # a tree that came without the app
if(EXISTS ${CMAKE_SOURCE_DIR}/web/app/index.html)
  set(web_default ON)
endif()
option(PARLEY_WEB "The web app inside parleyd; OFF: a page that says that there is none" ${web_default})

option(PARLEY_WEB_TESTS "The web app's own tests in this build folder" OFF)

if(NOT PARLEY_WEB)
  set(PARLEY_WEB_SOURCES no_web_assets.cc)
  set(PARLEY_WEB_BYTES "")
  return()
endif()

# Not web/** at large: node_modules has a hundred thousand files.
file(GLOB web_sources CONFIGURE_DEPENDS
  ${CMAKE_SOURCE_DIR}/api/*.yaml ${CMAKE_SOURCE_DIR}/web/* ${CMAKE_SOURCE_DIR}/web/app/* ${CMAKE_SOURCE_DIR}/web/sdk/*)
file(GLOB_RECURSE web_folders CONFIGURE_DEPENDS
  ${CMAKE_SOURCE_DIR}/web/app/src/* ${CMAKE_SOURCE_DIR}/web/app/public/* ${CMAKE_SOURCE_DIR}/web/app/scripts/*
  ${CMAKE_SOURCE_DIR}/web/sdk/src/* ${CMAKE_SOURCE_DIR}/web/sdk/scripts/*)
list(APPEND web_sources ${web_folders})
list(FILTER web_sources EXCLUDE REGEX "/(generated|dist|node_modules)/|\\.tsbuildinfo$")
foreach(path IN LISTS web_sources)
  if(IS_DIRECTORY ${path})
    list(REMOVE_ITEM web_sources ${path})
  endif()
endforeach()

set(web_embedded ${CMAKE_SOURCE_DIR}/build/web/embedded)
add_custom_command(
  OUTPUT ${web_embedded}/web_assets.cc ${web_embedded}/web_assets.bin
  COMMAND ${CMAKE_SOURCE_DIR}/tools/web build
  DEPENDS ${CMAKE_SOURCE_DIR}/tools/web ${CMAKE_SOURCE_DIR}/tools/embed_web ${web_sources}
  COMMENT "Building the web app"
  VERBATIM)
set(PARLEY_WEB_SOURCES ${web_embedded}/web_assets.cc)

# A library of its own: the warnings, sanitizers and precompiled headers of C++ are nothing for an assembler.
enable_language(ASM)
add_library(parley_web_bytes STATIC web_assets.S)
target_compile_definitions(parley_web_bytes PRIVATE PARLEY_WEB_BYTES="${web_embedded}/web_assets.bin")
set_source_files_properties(web_assets.S PROPERTIES OBJECT_DEPENDS ${web_embedded}/web_assets.bin)
set(PARLEY_WEB_BYTES parley_web_bytes)
