# parley_module(<name> [PURE] [SOURCES ...] [TESTS ...] [TESTING ...] [DEPENDS ...] [TEST_DEPENDS ...])
#
# One folder of src/ as a CMake target: the static library parley_<name>, the library
# parley_<name>_testing (fakes and contract suites, from TESTING) and the test program <name>_test,
# whose tests ctest knows under the label "unit". DEPENDS names what the module may include. PURE: knows no Asio, and so
# not the headers that the others have precompiled.
function(parley_module name)
  cmake_parse_arguments(M "PURE" "" "SOURCES;TESTS;TESTING;DEPENDS;TEST_DEPENDS" ${ARGN})

  if(M_SOURCES)
    add_library(parley_${name} STATIC ${M_SOURCES})
    target_link_libraries(parley_${name} PUBLIC parley_options ${M_DEPENDS})
    if(NOT M_PURE)
      target_precompile_headers(parley_${name} REUSE_FROM parley_precompiled)
    endif()
  else()
    add_library(parley_${name} INTERFACE)
    target_link_libraries(parley_${name} INTERFACE parley_options ${M_DEPENDS})
  endif()

  if(M_TESTING)
    add_library(parley_${name}_testing STATIC ${M_TESTING})
    target_link_libraries(parley_${name}_testing PUBLIC parley_${name} GTest::gtest)
    if(NOT M_PURE)
      target_precompile_headers(parley_${name}_testing REUSE_FROM parley_precompiled_tests)
    endif()
  endif()

  if(M_TESTS)
    add_executable(${name}_test ${M_TESTS})
    target_link_libraries(${name}_test PRIVATE parley_${name} GTest::gtest GTest::gmock GTest::gtest_main ${M_TEST_DEPENDS})
    if(M_TESTING)
      target_link_libraries(${name}_test PRIVATE parley_${name}_testing)
    endif()
    if(NOT M_PURE)
      target_precompile_headers(${name}_test REUSE_FROM parley_precompiled_tests)
    endif()
    set_target_properties(${name}_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    add_test(NAME unit.${name} COMMAND ${name}_test --gtest_brief=1)
    set_tests_properties(unit.${name} PROPERTIES LABELS unit TIMEOUT 600 ENVIRONMENT "${PARLEY_TEST_ENVIRONMENT}")
  endif()
endfunction()

# parley_program(<name> SOURCES ... DEPENDS ...): a program of the project, optimized as a whole where the preset says so.
function(parley_program name)
  cmake_parse_arguments(P "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name} ${P_SOURCES})
  target_link_libraries(${name} PRIVATE ${P_DEPENDS})
  if(PARLEY_LTO)
    # What did not change since the last link is not compiled again.
    target_link_options(${name} PRIVATE -flto=thin -ffat-lto-objects
      -Wl,--thinlto-cache-dir=${CMAKE_BINARY_DIR}/thinlto)
  endif()
endfunction()
