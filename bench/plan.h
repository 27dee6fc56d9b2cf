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

/// Makes accounts with names that no other run uses, several at a time, until `people` are `count`.
/// kUnavailable: the server was not reached.
Status CreatePeople(const client::ServerUrl& server, std::size_t count, std::vector<Person>& people,
                    const SetupProgress& progress);

/// At most `most` of those that WritePeople() has put into the file; none if it is not there.
std::vector<Person> ReadPeople(const std::string& path, std::size_t most);
/// Puts those from `first` on behind what the file has. kUnavailable: it cannot be written.
Status WritePeople(const std::string& path, const std::vector<Person>& people, std::size_t first);

/// A whole plan with its conversations. An empty one where there is no such file.
Plan ReadPlan(const std::string& path);
/// kUnavailable: it cannot be written.
Status WritePlan(const std::string& path, const Plan& plan);

/// Asks for the last seq of each conversation, as its first member.
Status RefreshRooms(const client::ServerUrl& server, Plan& plan, const SetupProgress& progress);

/// Marks all that is in the conversations as read, for each member.
Status ReadRooms(const client::ServerUrl& server, const Plan& plan, const SetupProgress& progress);

/// Makes the conversations of `plan.rooms`: direct ones of two members, else groups.
Status CreateRooms(const client::ServerUrl& server, Plan& plan, const SetupProgress& progress);

}  // namespace parley::bench
