#include "bench/plan.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <mutex>
#include <optional>
#include <sstream>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "base/random.h"
#include "base/uuid.h"
#include "client/api.h"
#include "client/http_client.h"

namespace parley::bench {
namespace {

/// Enough that the server's group commit has something to group.
constexpr std::size_t kSetupThreads = 16;

/// Runs `step(i)` for all i below `count` on several threads; the first error ends it. `make_step`
/// is called once on each thread.
template <class MakeStep>
Status InParallel(std::size_t count, const SetupProgress& progress, const MakeStep& make_step) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::size_t done = 0;
  Status first;
  const auto work = [&] {
    auto step = make_step();
    for (std::size_t i = next++; i < count; i = next++) {
      const Status status = step(i);
      const std::lock_guard lock(mutex);
      if (!status.ok() && first.ok()) first = status;
      if (!first.ok()) return;
      progress(++done, count);
    }
  };
  std::vector<std::thread> threads;
  threads.reserve(kSetupThreads);
  for (std::size_t i = 0; i < std::min(kSetupThreads, count); ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  return first;
}

Uuid NewUuid() {
  SystemRandom random;
  return Uuid::Version7(
      std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()),
      random);
}

Status CreateRoom(const client::ServerUrl& server, const std::vector<Person>& people, Room& room) {
  client::CurlHttpClient http(server, people.at(room.members.at(0)).token);
  client::Api api(http);
  std::vector<UserId> others;
  others.reserve(room.members.size());
  for (std::size_t i = 1; i < room.members.size(); ++i) {
    const std::optional<UserId> id = UserId::Parse(people.at(room.members[i]).id);
    if (!id) return Internal("an account without an id");
    others.push_back(*id);
  }
  Result<client::Conversation> made =
      others.size() == 1 ? api.CreateDirect(others.front())
                         : api.CreateGroup("parley-bench", others, ClientId(NewUuid()));
  if (!made.ok()) return made.status();
  room.id = made->id.ToString();
  room.last_seq = made->last_seq.value();
  return Status::Ok();
}

Result<ConversationId> IdOf(const Room& room) {
  const std::optional<ConversationId> id = ConversationId::Parse(room.id);
  if (!id) return Internal("a conversation without an id");
  return *id;
}

}  // namespace

Status CreatePeople(const client::ServerUrl& server, std::size_t count, std::vector<Person>& people,
                    const SetupProgress& progress) {
  const std::size_t kept = std::min(people.size(), count);
  people.resize(count);
  // The end of a version 7 UUID is random: no two runs share it.
  const std::string run = NewUuid().ToString().substr(24);
  return InParallel(count - kept, progress, [&] {
    return [&, http = std::make_shared<client::CurlHttpClient>(server, "")](std::size_t n) {
      const std::size_t i = kept + n;
      client::Registration registration;
      registration.username = fmt::format("bench_{}_{}", run, i);
      registration.password = "parley-bench " + run;
      registration.device_name = "parley-bench";
      Result<client::SignedIn> made = client::Api(*http).Register(registration);
      if (!made.ok()) return made.status();
      people[i] = {made->user.id.ToString(), std::move(made->token)};
      return Status::Ok();
    };
  });
}

std::vector<Person> ReadPeople(const std::string& path, std::size_t most) {
  std::vector<Person> people;
  std::ifstream file(path);
  for (Person person; people.size() < most && file >> person.id >> person.token;) {
    people.push_back(person);
  }
  return people;
}

Status WritePeople(const std::string& path, const std::vector<Person>& people, std::size_t first) {
  std::ofstream file(path, std::ios::app);
  for (std::size_t i = first; i < people.size(); ++i) {
    file << people[i].id << ' ' << people[i].token << '\n';
  }
  return file.flush() ? Status::Ok() : Unavailable(fmt::format("cannot write {}", path));
}

Plan ReadPlan(const std::string& path) {
  Plan plan;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string kind;
    words >> kind;
    if (kind == "person") {
      Person& person = plan.people.emplace_back();
      words >> person.id >> person.token;
    } else if (kind == "room") {
      Room& room = plan.rooms.emplace_back();
      words >> room.id >> room.last_seq;
      for (std::size_t member = 0; words >> member;) room.members.push_back(member);
    }
  }
  return plan;
}

Status WritePlan(const std::string& path, const Plan& plan) {
  std::ofstream file(path);
  for (const Person& person : plan.people) {
    file << "person " << person.id << ' ' << person.token << '\n';
  }
  for (const Room& room : plan.rooms) {
    file << "room " << room.id << ' ' << room.last_seq;
    for (const std::size_t member : room.members) file << ' ' << member;
    file << '\n';
  }
  return file.flush() ? Status::Ok() : Unavailable(fmt::format("cannot write {}", path));
}

Status RefreshRooms(const client::ServerUrl& server, Plan& plan, const SetupProgress& progress) {
  return InParallel(plan.rooms.size(), progress, [&] {
    return [&](std::size_t i) {
      Room& room = plan.rooms[i];
      client::CurlHttpClient http(server, plan.people.at(room.members.at(0)).token);
      PARLEY_ASSIGN(const ConversationId id, IdOf(room));
      const Result<client::Conversation> now = client::Api(http).GetConversation(id);
      if (now.ok()) room.last_seq = now->last_seq.value();
      return now.status();
    };
  });
}

Status ReadRooms(const client::ServerUrl& server, const Plan& plan, const SetupProgress& progress) {
  return InParallel(plan.rooms.size(), progress, [&] {
    return [&](std::size_t i) {
      const Room& room = plan.rooms[i];
      PARLEY_ASSIGN(const ConversationId id, IdOf(room));
      for (const std::size_t member : room.members) {
        client::CurlHttpClient http(server, plan.people.at(member).token);
        PARLEY_TRY(client::Api(http).MarkRead(id, Seq(room.last_seq)));
      }
      return Status::Ok();
    };
  });
}

Status CreateRooms(const client::ServerUrl& server, Plan& plan, const SetupProgress& progress) {
  return InParallel(plan.rooms.size(), progress, [&] {
    return [&](std::size_t i) { return CreateRoom(server, plan.people, plan.rooms[i]); };
  });
}

}  // namespace parley::bench
