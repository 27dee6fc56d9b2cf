#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace parley::client {

/// One WebSocket connection, from the side of the server that the test plays. Owns its socket. One
/// thread.
class ImposterPeer {
 public:
  ImposterPeer(int socket, std::string request_head)
      : socket_(socket), request_head_(std::move(request_head)) {}
  ~ImposterPeer();
  ImposterPeer(const ImposterPeer&) = delete;
  ImposterPeer& operator=(const ImposterPeer&) = delete;

  /// What the client asked for the upgrade with: request line and headers.
  const std::string& request_head() const { return request_head_; }

  void Send(const std::string& json);
  /// The next text frame; empty if none comes within five seconds or the client is gone.
  std::string Receive();
  /// The next text frame of this `type`; others are dropped.
  std::string ReceiveOf(const std::string& type);
  void SendClose(std::uint16_t code);

 private:
  std::string ReadExactly(std::size_t size);

  int socket_;
  std::string request_head_;
};

/// Plays a Parley server on a free port of the loopback interface, with sockets and nothing else:
/// HTTP requests are answered by a function, WebSockets are handed to the test. Its one thread runs
/// until it is destroyed.
class Imposter {
 public:
  struct Request {
    std::string method;
    std::string target;
    std::string body;
  };
  struct Reply {
    int status = 200;
    std::string body = "{}";
  };
  /// Called on the imposter's thread.
  using Handler = std::function<Reply(const Request&)>;

  explicit Imposter(Handler handler);
  ~Imposter();
  Imposter(const Imposter&) = delete;
  Imposter& operator=(const Imposter&) = delete;

  std::string url() const;
  /// The next WebSocket; null if none comes in time.
  std::unique_ptr<ImposterPeer> Accept(std::chrono::milliseconds within = std::chrono::seconds(5));
  /// All HTTP requests so far.
  std::vector<Request> requests() const;

 private:
  void Loop();
  void Serve(int socket);

  const Handler handler_;
  int listener_;
  int stop_;  // eventfd(2)
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::unique_ptr<ImposterPeer>> peers_;  // guarded by mutex_
  std::vector<Request> requests_;                    // guarded by mutex_
  std::thread thread_;
};

}  // namespace parley::client
