#pragma once

#include <memory>
#include <string>

namespace parley::bus {

/// A gate between a client and a server on this machine, for tests: what comes to its port is
/// passed on, until it is shut. One thread of its own.
class TcpGate {
 public:
  /// Passes on to `host`:`port`.
  TcpGate(const std::string& host, const std::string& port);
  ~TcpGate();
  TcpGate(const TcpGate&) = delete;
  TcpGate& operator=(const TcpGate&) = delete;

  /// Of 127.0.0.1.
  unsigned short port() const;
  /// Ends all connections, and lets nobody in until it is opened; done when it returns. Any thread.
  void Shut();
  void Open();

 private:
  class Loop;

  std::unique_ptr<Loop> loop_;
};

}  // namespace parley::bus
