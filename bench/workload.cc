#include "bench/workload.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <utility>

#include "bench/clock.h"
#include "bench/protocols/protocol.h"

namespace parley::bench {
namespace {

/// Handshakes that one worker has under way; more would only wait in the server's backlog.
constexpr std::size_t kConnectingAtOnce = 64;
constexpr std::int64_t kLookAgainNs = 20 * kNsPerMs;
constexpr std::size_t kGroupOfMixedMost = 20;
/// In each of so many conversations of a storm is an outsider.
constexpr std::size_t kWithOutsider = 10;

Room RandomRoom(std::size_t people, std::mt19937_64& random) {
  constexpr unsigned kGroupsOfTen = 3;
  std::size_t size = 2;
  if (random() % 10 < kGroupsOfTen) {
    size = 3 + random() % (std::min(people, kGroupOfMixedMost) - 2);
  }
  Room room;
  while (room.members.size() < size) {
    const std::size_t person = random() % people;
    if (std::find(room.members.begin(), room.members.end(), person) == room.members.end()) {
      room.members.push_back(person);
    }
  }
  return room;
}

/// Conversations of the people at the first server; an outsider is in each tenth, so that something
/// is missed there while that server's people are away.
void PlanStorm(const Options& options, Plan& plan) {
  const std::size_t insiders = options.people - options.outsiders;
  std::mt19937_64 random(options.seed);
  plan.rooms.reserve(options.rooms);
  for (std::size_t i = 0; i < options.rooms; ++i) {
    Room room = RandomRoom(insiders, random);
    if (i % kWithOutsider == 0) {
      room.members.push_back(insiders + i / kWithOutsider % options.outsiders);
    }
    plan.rooms.push_back(std::move(room));
  }
}

/// Half of each person's conversations are groups of all of them; the others are one to one, each
/// with somebody who has one with each of them.
void PlanInbox(const Options& options, Plan& plan) {
  std::vector<std::size_t> all(options.people);
  std::iota(all.begin(), all.end(), std::size_t{0});
  const std::size_t direct = options.conversations / 2;
  plan.rooms.assign(options.conversations - direct, Room{.id = {}, .members = all});
  for (std::size_t person = 0; person < options.people; ++person) {
    for (std::size_t i = 0; i < direct; ++i) {
      plan.rooms.push_back({.id = {}, .members = {person, options.people + i}});
    }
  }
}

/// Which worker has a person: both of a pair go to the same.
std::size_t WorkerOf(const Options& options, std::size_t person) {
  return (options.workload == WorkloadKind::kPairs ? person / 2 : person) % AllThreads(options);
}

}  // namespace

std::size_t PeopleOf(const Options& options) {
  switch (options.workload) {
    case WorkloadKind::kPairs:
      return options.pairs * 2 + options.idle_people;
    case WorkloadKind::kGroup:
      return options.members;
    case WorkloadKind::kIdle:
      return options.connections;
    case WorkloadKind::kMixed:
      return options.people + options.idle_people;
    case WorkloadKind::kStorm:
      return options.people;
    case WorkloadKind::kInbox:
      return options.people + options.conversations / 2;
    case WorkloadKind::kHistory:
      return options.rooms * 2;
    case WorkloadKind::kPages:
    case WorkloadKind::kFill:
      break;
  }
  return 0;
}

std::size_t ServerOf(const Options& options, std::size_t person) {
  const std::size_t servers = std::max<std::size_t>(options.servers.size(), 1);
  if (options.workload != WorkloadKind::kStorm || servers == 1) return person % servers;
  const std::size_t insiders = options.people - options.outsiders;
  return person < insiders ? 0 : 1 + (person - insiders) % (servers - 1);
}

Plan MakePlan(const Options& options) {
  Plan plan;
  if (options.workload == WorkloadKind::kPairs || options.workload == WorkloadKind::kHistory) {
    plan.rooms.resize(options.workload == WorkloadKind::kPairs ? options.pairs : options.rooms);
    for (std::size_t i = 0; i < plan.rooms.size(); ++i) plan.rooms[i].members = {2 * i, 2 * i + 1};
  } else if (options.workload == WorkloadKind::kGroup) {
    plan.rooms.resize(1);
    plan.rooms[0].members.reserve(options.members);
    for (std::size_t i = 0; i < options.members; ++i) plan.rooms[0].members.push_back(i);
  } else if (options.workload == WorkloadKind::kMixed) {
    std::mt19937_64 random(options.seed);
    plan.rooms.reserve(options.rooms);
    for (std::size_t i = 0; i < options.rooms; ++i) {
      plan.rooms.push_back(RandomRoom(options.people, random));
    }
  } else if (options.workload == WorkloadKind::kStorm) {
    PlanStorm(options, plan);
  } else if (options.workload == WorkloadKind::kInbox) {
    PlanInbox(options, plan);
  }
  return plan;
}

std::size_t MissedOf(const Options& options, std::size_t person) {
  const std::size_t insiders = options.people - options.outsiders;
  const std::size_t senders =
      std::min(options.outsiders, (options.rooms + kWithOutsider - 1) / kWithOutsider);
  if (person < insiders || person - insiders >= senders) return 0;
  return options.missed / senders + (person - insiders < options.missed % senders ? 1 : 0);
}

Plan FillPlan(const Plan& plan) {
  Plan fill;
  std::map<std::size_t, std::size_t> place;
  fill.rooms.reserve(plan.rooms.size());
  for (const Room& room : plan.rooms) {
    const std::size_t sender = room.members.front();
    const auto [found, added] = place.try_emplace(sender, fill.people.size());
    if (added) fill.people.push_back(plan.people.at(sender));
    fill.rooms.push_back({room.id, room.last_seq, {found->second}});
  }
  return fill;
}

Driver::Driver(WorkerContext& context, const Options& options, const Plan& plan, std::size_t worker)
    : context_(context), options_(options), plan_(plan) {
  std::vector<std::vector<Held>> held(plan.people.size());
  for (const Room& room : plan.rooms) {
    for (const std::size_t member : room.members) {
      // Two people have one direct conversation, however often it was asked for.
      auto& own = held[member];
      if (std::any_of(own.begin(), own.end(),
                      [&](const Held& h) { return h.conversation == room.id; })) {
        continue;
      }
      const std::size_t other =
          room.members.front() == member ? room.members.back() : room.members.front();
      own.push_back({room.id, static_cast<std::uint32_t>(room.members.size()), room.last_seq, 0,
                     static_cast<std::uint32_t>(other)});
    }
  }
  const Protocol protocol = ProtocolOf(options);
  for (std::size_t i = 0; i < plan.people.size(); ++i) {
    if (WorkerOf(options, i) != worker) continue;
    peers_.push_back(MakePeer(protocol, context, *this, static_cast<std::uint32_t>(i),
                              plan.people[i], std::move(held[i]), ServerOf(options, i)));
  }
}

std::int64_t Driver::Tick(std::int64_t now_ns) {
  const Phase phase = context_.state.phase.load(std::memory_order_relaxed);
  std::int64_t next = now_ns + kLookAgainNs;
  if (phase == Phase::kConnecting) {
    ConnectMore();
  } else if (context_.state.Working()) {
    next = std::min(next, Work(now_ns));
  } else if (phase == Phase::kDraining) {
    next = std::min(next, Drain(now_ns));
  }
  return next;
}

std::int64_t Driver::Drain(std::int64_t now_ns) { return now_ns + kLookAgainNs; }

std::size_t Driver::Unanswered() const {
  std::size_t unanswered = 0;
  for (const auto& peer : peers_) unanswered += peer->unanswered();
  return unanswered;
}

std::size_t Driver::Away() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(peers_, [](const auto& peer) { return !peer->ready(); }));
}

void Driver::ConnectMore() {
  while (begun_ < peers_.size() && connecting_ < kConnectingAtOnce) {
    ++connecting_;
    peers_[begun_++]->Connect(resume_);
  }
}

void Driver::OnReady(Peer& /*peer*/) {
  if (context_.state.phase.load(std::memory_order_relaxed) != Phase::kConnecting) return;
  --connecting_;
  ConnectMore();
}

// What the connection's owner counts and reports is enough: a lost one stays away.
void Driver::OnLost(Peer& /*peer*/) {}

std::unique_ptr<Driver> MakeDriver(WorkerContext& context, const Options& options, const Plan& plan,
                                   std::size_t worker) {
  switch (options.workload) {
    case WorkloadKind::kPairs:
      return MakePairsDriver(context, options, plan, worker);
    case WorkloadKind::kGroup:
      return MakeGroupDriver(context, options, plan, worker);
    case WorkloadKind::kMixed:
      return MakeMixedDriver(context, options, plan, worker);
    case WorkloadKind::kStorm:
      return ComesBackToTheSame(options) ? MakeComebackDriver(context, options, plan, worker)
                                         : MakeStormDriver(context, options, plan, worker);
    case WorkloadKind::kFill:
      return MakeFillDriver(context, options, plan, worker);
    case WorkloadKind::kIdle:
    case WorkloadKind::kInbox:  // these three are no drivers' work
    case WorkloadKind::kHistory:
    case WorkloadKind::kPages:
      break;
  }
  return MakeIdleDriver(context, options, plan, worker);
}

}  // namespace parley::bench
