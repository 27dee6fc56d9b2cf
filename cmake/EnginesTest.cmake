# parley_engines_test(<name> COMMAND ... [TIMEOUT seconds])
#
# A test against real Cassandra, NATS and Redis servers (tools/engines): ctest starts them before the first such test
# and stops them after the last. The command finds their addresses in its environment: PARLEY_CASSANDRA, PARLEY_NATS,
# PARLEY_REDIS and so on; see `tools/engines --help`. TLS and passwords are on. Known to ctest as engines.<name>, label
# "engines"; only where PARLEY_ENGINE_TESTS is on (the release preset), for what these tests see of a compiler is little.
option(PARLEY_ENGINE_TESTS "Tests against real Cassandra, NATS and Redis servers in this build folder" OFF)
set(PARLEY_ENGINES_DIR ${CMAKE_BINARY_DIR}/engines)

function(parley_engines_test name)
  if(NOT PARLEY_ENGINE_TESTS)
    return()
  endif()
  cmake_parse_arguments(E "" "TIMEOUT" "COMMAND" ${ARGN})
  if(NOT E_TIMEOUT)
    set(E_TIMEOUT 600)
  endif()
  add_test(NAME engines.${name}
    COMMAND /usr/bin/python3 ${CMAKE_SOURCE_DIR}/tools/engines env --dir ${PARLEY_ENGINES_DIR} -- ${E_COMMAND})
  # Seven servers and the test: a machine of two cores has no room for others beside them.
  set_tests_properties(engines.${name} PROPERTIES
    LABELS engines FIXTURES_REQUIRED engines PROCESSORS 2 TIMEOUT ${E_TIMEOUT}
    ENVIRONMENT "PYTHONDONTWRITEBYTECODE=1;${PARLEY_TEST_ENVIRONMENT}")
endfunction()

if(PARLEY_ENGINE_TESTS)
  add_test(NAME engines.up
    COMMAND /usr/bin/python3 ${CMAKE_SOURCE_DIR}/tools/engines up --dir ${PARLEY_ENGINES_DIR} --fresh --tls --auth)
  add_test(NAME engines.down
    COMMAND /usr/bin/python3 ${CMAKE_SOURCE_DIR}/tools/engines down --dir ${PARLEY_ENGINES_DIR} --now)
  set_tests_properties(engines.up PROPERTIES FIXTURES_SETUP engines PROCESSORS 2)
  set_tests_properties(engines.down PROPERTIES FIXTURES_CLEANUP engines)
  set_tests_properties(engines.up engines.down PROPERTIES
    LABELS engines TIMEOUT 300 ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)
endif()
