# Every outside library, found once. All but RocksDB (cmake/rocksdb) come from Debian's packages: tools/install_packages.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(GTest REQUIRED)
find_package(rapidcheck REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED COMPONENTS core)
find_package(toml11 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CURL REQUIRED)
find_package(EXPAT REQUIRED)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(simdjson REQUIRED IMPORTED_TARGET simdjson)
pkg_check_modules(ncursesw REQUIRED IMPORTED_TARGET ncursesw)
# They ask the C library for less than a C++ compiler already has.
set_target_properties(PkgConfig::ncursesw PROPERTIES INTERFACE_COMPILE_OPTIONS "")
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc)
# Its own CMake files name a static library that the package does not have.
pkg_check_modules(hiredis REQUIRED IMPORTED_TARGET hiredis)
# parleyd's allocator, as a part of it: docs/decisions/0012-allocator.md.
find_library(PARLEY_JEMALLOC libjemalloc_pic.a REQUIRED)
include(GoogleTest)

# Asio and Beast, compiled once ("separate compilation"): src/runtime/asio_impl.cc and src/net/beast_impl.cc hold the code.
add_library(parley_asio INTERFACE)
target_compile_definitions(parley_asio INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_BEAST_SEPARATE_COMPILATION)
target_link_libraries(parley_asio INTERFACE Threads::Threads)
