#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace parley::runtime {

/// Where coroutines run: the loop of one shard.
using Executor = boost::asio::io_context::executor_type;

/// A coroutine of ours: Asio's awaitable, bound to the shard on which it was spawned. It starts
/// when it is awaited or spawned (runtime/spawn.h), and answers with Status or Result.
template <class T>
using Task = boost::asio::awaitable<T, Executor>;

/// The completion token of Asio operations inside a Task.
inline constexpr boost::asio::use_awaitable_t<Executor> kUseTask{};

}  // namespace parley::runtime
