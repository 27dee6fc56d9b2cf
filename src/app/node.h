#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "app/config/config.h"
#include "app/data_dir.h"
#include "app/log.h"
#include "base/result.h"

namespace parley::app {

/// Parley, put together from its parts and running: the only place where interfaces meet their
/// implementations.
///
///   Result<std::unique_ptr<Node>> node = Node::Start(config, dir, log);
///   …
///   (*node)->Drain();
///
/// All calls from the main thread, but HurryDrain.
class Node {
 public:
  /// Starts the threads, opens the store (waiting for as long as its cluster is not there) and
  /// listens. Nothing runs any more where it answers an error: kCancelled where `stop` was
  /// requested while it waited.
  static Result<std::unique_ptr<Node>> Start(const Config& config, const DataDir& dir,
                                             ProcessLogger& log, const std::stop_token& stop);
  /// Stops at once what still runs.
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  /// "HOST:PORT" of the public and of the operations port.
  std::string http_address() const;
  std::string ops_address() const;
  /// Where people reach this node: server.public_url, or a guess from the address.
  std::string public_url() const;
  /// The token of the one-time administrator link; only at the first start on a data folder.
  const std::optional<std::string>& admin_token() const;

  /// Stops accepting, lets work in flight end, and closes WebSockets with 1012 over
  /// server.drain_ms. What is left ends with the node.
  void Drain();
  /// Ends what Drain still waits for as soon as can be. From another thread, as long as the node
  /// lives.
  void HurryDrain();

  /// Takes over the reloadable settings of `fresh`.
  void Apply(const Config& fresh);

 private:
  struct Parts;
  explicit Node(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace parley::app
