#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "client/url.h"

namespace parley::bench {

/// An account that the run has made.
struct Person {
  std::string id;
  std::string token;
};

/// A conversation of some of them.
struct Room {
  std::string id;
  std::uint64_t last_seq = 0;
  std::vector<std::size_t> members;  ///< indexes of people
};

/// Who takes part in a run, and who talks to whom.
struct Plan {
  std::vector<Person> people;
  std::vector<Room> rooms;  ///< filled in by CreateRooms except for `members`
};

/// Tells how many of a setup's steps are done.
using SetupProgress = std::function<void(std::size_t done, std::size_t all)>;

/// Makes `count` accounts with names that no other run uses, several at a time. kUnavailable: the
/// server was not reached.
Result<std::vector<Person>> CreatePeople(const client::ServerUrl& server, std::size_t count,
                                         const SetupProgress& progress);

/// Makes the conversations of `plan.rooms`: direct ones of two members, else groups.
Status CreateRooms(const client::ServerUrl& server, Plan& plan, const SetupProgress& progress);

}  // namespace parley::bench
