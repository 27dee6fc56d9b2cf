#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>
#include <sys/socket.h>

#include "base/result.h"
#include "client/url.h"

namespace parley::bench {

/// Where sockets connect to, looked up once.
struct Target {
  sockaddr_storage address{};
  socklen_t address_size = 0;
  std::string authority;  ///< for the Host header
};

/// kUnavailable if the name has no address; kInvalidArgument for https, which the generator does
/// not speak.
Result<Target> ResolveTarget(const client::ServerUrl& server);

class Socket;

/// One epoll instance and the sockets of one thread. Not Asio: here a message costs the generator a
/// read and a write of the kernel and little else, and 10,000 connections share one read buffer.
class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Writes what is queued, waits until something comes or until `until_ns` (see NowNs()), and
  /// hands it to the sockets.
  void RunOnce(std::int64_t until_ns);

 private:
  friend class Socket;
  void FlushDirty();

  int epoll_ = -1;
  std::vector<char> buffer_;
  std::vector<Socket*> dirty_;
};

/// A TCP connection to the server, which may be opened again after its end. Belongs to the thread
/// of its loop; must outlive the loop's last RunOnce().
class Socket {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    /// The connection stands.
    virtual void OnConnected() = 0;
    /// What has come and was not used before; answers how many bytes of it are used now. The view
    /// is valid during the call.
    virtual std::size_t OnBytes(std::string_view bytes) = 0;
    /// The connection could not be made or has ended, and not by Close() or Abort().
    virtual void OnEnd(const std::string& why) = 0;
  };

  Socket(Loop& loop, Listener& listener) : loop_(loop), listener_(listener) {}
  ~Socket() { Abort(); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  /// Only while it is not connected.
  void Connect(const Target& target);
  /// Where to append what is to be sent; it goes out at the end of the present event or at the next
  /// RunOnce(). Only while connected().
  std::string& Output();
  /// Ends the connection properly, behind what was to be sent.
  void Close();
  /// Ends the connection without a word (a reset), as a lost device would.
  void Abort();
  /// Ends it as if the server had: the listener is told why.
  void Fail(const std::string& why);
  /// While it is paused nothing is read: a slow reader.
  void PauseReading(bool paused);

  bool connected() const { return fd_ >= 0; }
  /// What waits because the server does not read.
  std::size_t unsent_bytes() const { return out_.size() - out_at_; }

 private:
  friend class Loop;

  void OnEvents(std::uint32_t events);
  void OnConnected();
  void Read();
  void Flush();
  void Watch();
  void Shut();

  Loop& loop_;
  Listener& listener_;
  int fd_ = -1;
  std::uint32_t watched_ = 0;
  bool connecting_ = false;
  bool paused_ = false;
  bool dirty_ = false;
  std::string in_;  // the beginning of something whose end has not come
  std::string out_;
  std::size_t out_at_ = 0;
};

}  // namespace parley::bench
