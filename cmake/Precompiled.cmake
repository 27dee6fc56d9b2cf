# What nearly every file includes, compiled once per build folder: a third of the time of a build. parley_module uses it for
# all modules but the lowest, which know no Asio.
#
# It hides a missing include in a source file; the linters (tools/check_headers, tools/run_tidy), which leave it out, hold
# headers and sources to theirs.
file(WRITE ${CMAKE_BINARY_DIR}/precompiled/nothing.cc "")

set(PARLEY_PRECOMPILED_HEADERS
  <algorithm> <array> <atomic> <chrono> <cstddef> <cstdint> <deque> <functional> <map> <memory> <mutex> <optional>
  <string> <string_view> <thread> <tuple> <unordered_map> <utility> <variant> <vector>
  <absl/functional/any_invocable.h>
  <boost/asio/async_result.hpp> <boost/asio/awaitable.hpp> <boost/asio/basic_waitable_timer.hpp>
  <boost/asio/executor_work_guard.hpp> <boost/asio/io_context.hpp> <boost/asio/steady_timer.hpp>
  <boost/asio/use_awaitable.hpp>
  <fmt/core.h>)

add_library(parley_precompiled STATIC ${CMAKE_BINARY_DIR}/precompiled/nothing.cc)
target_link_libraries(parley_precompiled PUBLIC parley_options parley_asio fmt::fmt)
target_precompile_headers(parley_precompiled PRIVATE ${PARLEY_PRECOMPILED_HEADERS})

add_library(parley_precompiled_tests STATIC ${CMAKE_BINARY_DIR}/precompiled/nothing.cc)
target_link_libraries(parley_precompiled_tests PUBLIC parley_options parley_asio fmt::fmt GTest::gtest GTest::gmock)
target_precompile_headers(parley_precompiled_tests PRIVATE ${PARLEY_PRECOMPILED_HEADERS} <gmock/gmock.h> <gtest/gtest.h>)
