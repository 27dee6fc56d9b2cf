#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>

namespace parley::bench {

/// A file that is only written to. What gathers while one group is being synced (write, fdatasync)
/// is the next.
class Log {
 public:
  /// Runs on the thread of the io_context.
  using Done = std::function<void()>;

  /// Throws std::system_error where the file cannot be made.
  Log(boost::asio::io_context& io, const std::string& path);
  /// Drops what is not written.
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// The bytes are copied. `done`: they are on the disk. A disk that fails ends the program.
  void Append(std::string_view bytes, Done done);

 private:
  struct Group {
    std::string bytes;
    std::vector<Done> waiting;
  };

  void Run();

  boost::asio::io_context& io_;
  const int file_;
  std::mutex mutex_;
  std::condition_variable wake_;
  Group next_;         // guarded by mutex_
  bool ends_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace parley::bench
