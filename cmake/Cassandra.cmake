# PARLEY_CASSANDRA: the engine "cassandra" inside parleyd. Makes, for src/storage/cassandra:
#   parley_cql   the driver: a Rust library behind the C functions of driver/cql.h
#
# It is built once, not once per preset: build/cargo belongs to all of them (cargo has a lock of its own). Sanitizers do not
# see into it.
option(PARLEY_CASSANDRA "The engine cassandra inside parleyd (needs Rust); OFF: it says that it was built without" ON)
if(NOT PARLEY_CASSANDRA)
  return()
endif()

set(rust_minimum 1.88) # what the crate scylla needs
find_program(PARLEY_CARGO cargo DOC "cargo ${rust_minimum} or newer")
set(rust_advice
  "tools/install_packages installs one (Debian's rustc-web and cargo-web); -DPARLEY_CASSANDRA=OFF builds without the engine.")
if(NOT PARLEY_CARGO)
  message(FATAL_ERROR "There is no cargo, which builds the driver for Cassandra. ${rust_advice}")
endif()
execute_process(COMMAND ${PARLEY_CARGO} --version OUTPUT_VARIABLE cargo_version OUTPUT_STRIP_TRAILING_WHITESPACE)
string(REGEX MATCH "[0-9]+\\.[0-9]+(\\.[0-9]+)?" cargo_version "${cargo_version}")
if(cargo_version VERSION_LESS rust_minimum)
  message(FATAL_ERROR "${PARLEY_CARGO} is ${cargo_version}; the driver for Cassandra needs ${rust_minimum}. ${rust_advice}")
endif()

set(cql_source ${CMAKE_SOURCE_DIR}/src/storage/cassandra/driver)
set(cql_target ${CMAKE_SOURCE_DIR}/build/cargo)
set(cql_library ${cql_target}/release/libparley_cql.a)
file(GLOB cql_sources CONFIGURE_DEPENDS ${cql_source}/src/*.rs)
list(APPEND cql_sources ${cql_source}/Cargo.toml ${cql_source}/Cargo.lock)
set(cql_cargo_options --release --locked --manifest-path ${cql_source}/Cargo.toml --target-dir ${cql_target})

add_custom_command(
  OUTPUT ${cql_library}
  COMMAND ${PARLEY_CARGO} build ${cql_cargo_options}
  COMMAND ${CMAKE_COMMAND} -E touch ${cql_library} # cargo leaves it alone where nothing in it changes
  DEPENDS ${cql_sources}
  JOB_POOL console
  COMMENT "Building the driver for Cassandra (a minute the first time)"
  VERBATIM)
add_custom_target(parley_cql_library DEPENDS ${cql_library})

add_library(parley_cql STATIC IMPORTED GLOBAL)
set_target_properties(parley_cql PROPERTIES
  IMPORTED_LOCATION ${cql_library}
  INTERFACE_LINK_LIBRARIES "OpenSSL::SSL;OpenSSL::Crypto;Threads::Threads;${CMAKE_DL_LIBS};m")
add_dependencies(parley_cql parley_cql_library)

# Its own tests share what the library is built from; one preset is enough.
if(PARLEY_LTO)
  add_test(NAME unit.storage_cassandra_driver COMMAND ${PARLEY_CARGO} test ${cql_cargo_options} --quiet)
  set_tests_properties(unit.storage_cassandra_driver PROPERTIES LABELS unit TIMEOUT 600 RUN_SERIAL ON)
endif()
