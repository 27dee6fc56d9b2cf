#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/function.h"
#include "base/result.h"
#include "bus/bus.h"
#include "model/ids.h"

namespace parley::bus {

/// One program of the fleet, from its start to its end: made anew at every start.
using NodeId = Id<struct NodeTag>;

/// The programs that are alive, as one of them sees it. Immutable.
struct FleetView {
  struct Node {
    NodeId id;
    std::string name;       ///< for people: "host:port", or what the configuration says
    bool draining = false;  ///< takes nothing new

    bool operator==(const Node&) const = default;
  };

  std::vector<Node> nodes;  ///< this one too; by id
};
using FleetViewPtr = std::shared_ptr<const FleetView>;

/// The node that is to look after `key`, of those that do not drain (of all, if all do): the one
/// with the highest hash of node and key, so that a node that comes or goes moves only what is or
/// was its own. (D. Thaler, C. Ravishankar, "Using Name-Based Mappings to Increase Hit Rates",
/// 1998.) Pure. `view` has a node.
NodeId PreferredNode(const FleetView& view, std::string_view key);

/// The other programs of the fleet: who is alive, and words with them. Who is alive is never a
/// matter of correctness, only of speed: two may believe different things for a while.
///
/// Every implementation passes the suite in bus/testing.
class Fleet {
 public:
  virtual ~Fleet() = default;

  virtual NodeId self() const = 0;
  /// Any thread; never waits.
  virtual FleetViewPtr view() const = 0;
  /// Calls `changed` on this shard, until the answer is destroyed, after each change of the view.
  /// Must be called on a shard.
  virtual std::unique_ptr<Subscription> OnViewChange(UniqueFunction<void()> changed) = 0;

  /// Tells everybody whether this node takes anything new. Any thread.
  virtual void SetDraining(bool draining) = 0;

  /// Whether the others can be reached at all; if not, kUnavailable with the reason. Of a fleet of
  /// one always OK. Any thread.
  virtual Status connection() const = 0;
  /// By how much this node's clock is ahead of the others', as heard in heartbeats: of their median
  /// with its own, so that of three only the one that is off is; zero where it is alone. Any
  /// thread.
  virtual std::chrono::milliseconds clock_offset() const = 0;

  /// Called on some thread with a request; must call `reply` once, at any time, on any thread, and
  /// return soon. Requests of one shard of one node come in the order of asking, but some may be
  /// lost.
  using Reply = UniqueFunction<void(std::string answer)>;
  using Handler = UniqueFunction<void(NodeId from, std::string request, Reply reply)>;
  /// Answers what is asked of this node on `topic`. Before the fleet is started; once per topic.
  virtual void Serve(std::string topic, Handler handler) = 0;

  /// `done` is called once, on the calling shard: the answer; kNotFound if the node is gone for
  /// certain, and the request not delivered; kUnavailable if it was not sent; kUnknown if nothing
  /// came within `timeout`, or a connection was lost on the way: it may or may not have been done.
  /// Must be called on a shard.
  using AskDone = UniqueFunction<void(Result<std::string>)>;
  virtual void Ask(NodeId node, std::string_view topic, std::string request,
                   std::chrono::milliseconds timeout, AskDone done) = 0;

  /// Tells every other node, at most once. Any thread; dropped while there is no connection.
  virtual void Broadcast(std::string_view topic, std::string message) = 0;
  /// Called on some thread with what others broadcast on `topic`; must return soon. Before the
  /// fleet is started; once per topic.
  using Listener = UniqueFunction<void(std::string_view message)>;
  virtual void Listen(std::string topic, Listener listener) = 0;

  /// Joins: heartbeats, requests and broadcasts begin. Idempotent; any thread.
  virtual void Start() = 0;
  /// Says goodbye, so that the others need not wait for its silence; ends every Ask with
  /// kUnavailable. Idempotent; from no shard.
  virtual void Stop() = 0;
};

}  // namespace parley::bus
