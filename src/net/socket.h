#pragma once

#include <utility>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "base/function.h"
#include "runtime/task.h"

namespace parley::net {

/// A TCP connection that lives on one shard.
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, runtime::Executor>;

/// The place that an open connection takes in ServerOptions::max_connections; calls back when it is
/// given up.
class Admission {
 public:
  explicit Admission(UniqueFunction<void()> leave) : leave_(std::move(leave)) {}
  Admission(Admission&& other) noexcept : leave_(std::exchange(other.leave_, nullptr)) {}
  Admission& operator=(Admission&&) = delete;
  ~Admission() {
    if (leave_) leave_();
  }

 private:
  UniqueFunction<void()> leave_;
};

/// A connection that was let in. Members die in reverse order: nobody counts as gone while the
/// socket is open.
struct Accepted {
  Admission admission;
  Socket socket;
};

}  // namespace parley::net
