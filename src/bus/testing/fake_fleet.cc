#include "bus/testing/fake_fleet.h"

#include <cassert>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "bus/shard_signal.h"
#include "runtime/shard.h"
#include "runtime/spawn.h"
#include "runtime/timer.h"

namespace parley::bus {
namespace {

/// A request that waits for its answer. `done` is touched on the shard that asked alone.
struct Asked {
  runtime::Shard* const shard;
  Fleet::AskDone done;

  void End(Result<std::string> answer) {
    if (done) std::exchange(done, nullptr)(std::move(answer));
  }
};
using AskedPtr = std::shared_ptr<Asked>;

runtime::Task<void> ExpireLater(AskedPtr asked, std::chrono::milliseconds timeout) {
  co_await runtime::Sleep(timeout);
  asked->End(Status(StatusCode::kUnknown, "the node did not answer in time"));
}

struct Request {
  int from = 0;
  std::string topic;
  std::string text;
  AskedPtr asked;
};

NodeId IdOf(int index) {
  Uuid::Bytes bytes{};
  bytes.back() = static_cast<std::uint8_t>(index + 1);
  return NodeId(Uuid(bytes));
}

}  // namespace

/// All nodes, under one lock; handlers and listeners are called outside of it.
class FakeFleet::World : public std::enable_shared_from_this<World> {
 public:
  struct Member {
    bool started = false;
    bool dead = false;
    bool cut_off = false;
    bool paused = false;
    bool holding = false;
    bool draining = false;
    int requests_to_lose = 0;
    int answers_to_lose = 0;
    std::chrono::milliseconds clock_offset{};
    std::map<std::string, std::shared_ptr<Fleet::Handler>> handlers;
    std::map<std::string, std::shared_ptr<Fleet::Listener>, std::less<>> listeners;
    std::vector<Request> held;
    std::vector<std::weak_ptr<Asked>> asked;
    FleetViewPtr view;
    ShardSignal view_changed;
    std::unique_ptr<Node> node;

    bool Reachable() const { return started && !dead && !cut_off; }
  };

  /// Changes members under the lock, and tells of the views that differ then.
  template <class Change>
  void Update(const Change& change) {
    const std::lock_guard lock(mutex);
    change();
    for (int i = 0; i < size(); ++i) UpdateView(i);
  }

  void UpdateView(int index) {
    Member& member = *members[static_cast<std::size_t>(index)];
    FleetView view;
    for (int i = 0; i < size(); ++i) {
      const Member& other = *members[static_cast<std::size_t>(i)];
      const bool seen = member.Reachable() && other.Reachable() && !other.paused;
      if (i == index || seen) {
        view.nodes.push_back({IdOf(i), "node " + std::to_string(i), other.draining});
      }
    }
    if (member.view && member.view->nodes == view.nodes) return;
    member.view = std::make_shared<const FleetView>(std::move(view));
    member.view_changed.Fire();
  }

  int size() const { return static_cast<int>(members.size()); }
  Member& at(int index) { return *members[static_cast<std::size_t>(index)]; }
  int IndexOf(NodeId id) const {
    for (int i = 0; i < size(); ++i) {
      if (IdOf(i) == id) return i;
    }
    return -1;
  }

  /// A request has arrived; on the shard that asked, or wherever it was held until now.
  void Deliver(int to, Request request) {
    std::shared_ptr<Fleet::Handler> handler;
    {
      const std::lock_guard lock(mutex);
      Member& member = at(to);
      if (member.paused || member.holding) {
        member.held.push_back(std::move(request));
        return;
      }
      if (!member.Reachable()) return;
      if (member.requests_to_lose > 0) {
        --member.requests_to_lose;
        return;
      }
      handler = member.handlers[request.topic];
    }
    const NodeId from = IdOf(request.from);
    (*handler)(from, std::move(request.text),
               // Weak: a handler may keep its replies, and is itself kept by the world.
               [weak = weak_from_this(), to, from = request.from,
                asked = std::move(request.asked)](std::string answer) mutable {
                 if (const std::shared_ptr<World> world = weak.lock()) {
                   world->Answer(to, from, std::move(asked), std::move(answer));
                 }
               });
  }

  void Answer(int by, int to, AskedPtr asked, std::string answer) {
    {
      const std::lock_guard lock(mutex);
      Member& member = at(by);
      if (!member.Reachable() || !at(to).Reachable()) return;
      if (member.answers_to_lose > 0) {
        --member.answers_to_lose;
        return;
      }
    }
    asked->shard->Post(
        [asked, answer = std::move(answer)]() mutable { asked->End(std::move(answer)); });
  }

  /// Why a request cannot be sent, or OK. Under the lock.
  Status WhyNot(int from, int to, std::string_view topic) {
    if (!at(from).Reachable()) return Unavailable("this node is cut off from the others");
    if (to < 0 || !at(to).Reachable() || !at(to).handlers.contains(std::string(topic))) {
      return NotFound("the node is gone");
    }
    return Status::Ok();
  }

  void Release(int index) {
    std::vector<Request> held;
    {
      const std::lock_guard lock(mutex);
      held.swap(at(index).held);
    }
    for (Request& request : held) Deliver(index, std::move(request));
  }

  std::mutex mutex;
  std::vector<std::unique_ptr<Member>> members;
};

class FakeFleet::Node : public Fleet {
 public:
  Node(World* world, int index) : world_(*world), index_(index) {}

  NodeId self() const override { return IdOf(index_); }

  FleetViewPtr view() const override {
    const std::lock_guard lock(world_.mutex);
    return me().view;
  }

  std::unique_ptr<Subscription> OnViewChange(UniqueFunction<void()> changed) override {
    return me().view_changed.Listen(std::move(changed));
  }

  void SetDraining(bool draining) override {
    world_.Update([this, draining] { me().draining = draining; });
  }

  Status connection() const override {
    const std::lock_guard lock(world_.mutex);
    return me().Reachable() ? Status::Ok() : Unavailable("this node is cut off from the others");
  }

  std::chrono::milliseconds clock_offset() const override {
    const std::lock_guard lock(world_.mutex);
    return me().clock_offset;
  }

  void Serve(std::string topic, Handler handler) override {
    const std::lock_guard lock(world_.mutex);
    me().handlers.emplace(std::move(topic), std::make_shared<Handler>(std::move(handler)));
  }

  void Ask(NodeId node, std::string_view topic, std::string request,
           std::chrono::milliseconds timeout, AskDone done) override {
    runtime::Shard* const shard = runtime::Shard::Current();
    assert(shard != nullptr && "ask on a shard");
    auto asked = std::make_shared<Asked>(shard, std::move(done));
    const int to = world_.IndexOf(node);
    {
      const std::lock_guard lock(world_.mutex);
      if (Status why_not = world_.WhyNot(index_, to, topic); !why_not.ok()) {
        shard->Post([asked, why_not = std::move(why_not)] { asked->End(why_not); });
        return;
      }
      std::erase_if(me().asked, [](const std::weak_ptr<Asked>& each) { return each.expired(); });
      me().asked.push_back(asked);
    }
    shard->Post([world = world_.shared_from_this(), to,
                 all = Request{index_, std::string(topic), std::move(request), asked}]() mutable {
      world->Deliver(to, std::move(all));
    });
    runtime::Spawn(*shard, "fake fleet's time-out", ExpireLater(std::move(asked), timeout));
  }

  void Broadcast(std::string_view topic, std::string message) override {
    std::vector<std::shared_ptr<Listener>> listeners;
    {
      const std::lock_guard lock(world_.mutex);
      if (!me().Reachable()) return;
      for (int i = 0; i < world_.size(); ++i) {
        World::Member& other = world_.at(i);
        const auto it = other.listeners.find(topic);
        if (i != index_ && other.Reachable() && it != other.listeners.end()) {
          listeners.push_back(it->second);
        }
      }
    }
    const auto tell = [listeners = std::move(listeners), message = std::move(message)] {
      for (const std::shared_ptr<Listener>& listener : listeners) (*listener)(message);
    };
    // Not from within, where that can be helped.
    runtime::Shard* const shard = runtime::Shard::Current();
    if (shard != nullptr) {
      shard->Post(tell);
    } else {
      tell();
    }
  }

  void Listen(std::string topic, Listener listener) override {
    const std::lock_guard lock(world_.mutex);
    me().listeners.emplace(std::move(topic), std::make_shared<Listener>(std::move(listener)));
  }

  void Start() override {
    world_.Update([this] { me().started = true; });
  }

  void Stop() override {
    std::vector<std::weak_ptr<Asked>> asked;
    world_.Update([this, &asked] {
      me().started = false;
      asked.swap(me().asked);
    });
    for (const std::weak_ptr<Asked>& each : asked) {
      if (AskedPtr waits = each.lock()) {
        waits->shard->Post([waits] { waits->End(Unavailable("the server is stopping")); });
      }
    }
  }

 private:
  World::Member& me() const { return world_.at(index_); }

  World& world_;  // which owns this
  const int index_;
};

FakeFleet::FakeFleet(int size) : world_(std::make_shared<World>()) {
  world_->members.reserve(static_cast<std::size_t>(size));
  for (int i = 0; i < size; ++i) {
    auto member = std::make_unique<World::Member>();
    member->node = std::make_unique<Node>(world_.get(), i);
    world_->members.push_back(std::move(member));
  }
  world_->Update([] {});
}

FakeFleet::~FakeFleet() {
  // What is held holds what asked, which may hold the nodes' users.
  for (const auto& member : world_->members) member->held.clear();
}

Fleet& FakeFleet::node(int index) { return *world_->at(index).node; }

void FakeFleet::Kill(int index) {
  world_->Update([&] {
    world_->at(index).dead = true;
    world_->at(index).held.clear();
  });
}

void FakeFleet::CutOff(int index) {
  world_->Update([&] { world_->at(index).cut_off = true; });
}

void FakeFleet::Reconnect(int index) {
  world_->Update([&] { world_->at(index).cut_off = false; });
}

void FakeFleet::Pause(int index) {
  world_->Update([&] { world_->at(index).paused = true; });
}

void FakeFleet::Continue(int index) {
  world_->Update([&] { world_->at(index).paused = false; });
  world_->Release(index);
}

void FakeFleet::HoldRequests(int index) {
  const std::lock_guard lock(world_->mutex);
  world_->at(index).holding = true;
}

void FakeFleet::ReleaseRequests(int index) {
  {
    const std::lock_guard lock(world_->mutex);
    world_->at(index).holding = false;
  }
  world_->Release(index);
}

void FakeFleet::LoseRequests(int index, int count) {
  const std::lock_guard lock(world_->mutex);
  world_->at(index).requests_to_lose = count;
}

void FakeFleet::LoseAnswers(int index, int count) {
  const std::lock_guard lock(world_->mutex);
  world_->at(index).answers_to_lose = count;
}

void FakeFleet::SetClockOffset(int index, std::chrono::milliseconds offset) {
  const std::lock_guard lock(world_->mutex);
  world_->at(index).clock_offset = offset;
}

}  // namespace parley::bus
