# parley_module(<name> [SOURCES ...] [TESTS ...] [TESTING ...] [DEPENDS ...] [TEST_DEPENDS ...])
#
# One folder of src/ as a CMake target: the static library parley_<name>, the library
# parley_<name>_testing (fakes and contract suites, from TESTING) and the test program <name>_test,
# whose tests ctest knows under the label "unit". DEPENDS names what the module may include.
function(parley_module name)
  cmake_parse_arguments(M "" "" "SOURCES;TESTS;TESTING;DEPENDS;TEST_DEPENDS" ${ARGN})

  if(M_SOURCES)
    add_library(parley_${name} STATIC ${M_SOURCES})
    target_link_libraries(parley_${name} PUBLIC parley_options ${M_DEPENDS})
  else()
    add_library(parley_${name} INTERFACE)
    target_link_libraries(parley_${name} INTERFACE parley_options ${M_DEPENDS})
  endif()

  if(M_TESTING)
    add_library(parley_${name}_testing STATIC ${M_TESTING})
    target_link_libraries(parley_${name}_testing PUBLIC parley_${name} GTest::gtest)
  endif()

  if(M_TESTS)
    add_executable(${name}_test ${M_TESTS})
    target_link_libraries(${name}_test PRIVATE parley_${name} GTest::gtest GTest::gmock GTest::gtest_main ${M_TEST_DEPENDS})
    if(M_TESTING)
      target_link_libraries(${name}_test PRIVATE parley_${name}_testing)
    endif()
    set_target_properties(${name}_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    add_test(NAME unit.${name} COMMAND ${name}_test --gtest_brief=1)
    set_tests_properties(unit.${name} PROPERTIES LABELS unit TIMEOUT 300 ENVIRONMENT "${PARLEY_TEST_ENVIRONMENT}")
  endif()
endfunction()
