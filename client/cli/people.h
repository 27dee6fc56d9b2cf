#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "client/api.h"
#include "client/types.h"

namespace parley::client::cli {

/// Names of people by id, learned from what comes by and asked for where that is not enough. Names
/// are usernames: nobody can choose another's. They are harmless to a terminal.
class People {
 public:
  /// `api` must outlive this.
  explicit People(Api& api) : api_(api) {}

  void Learn(const User& user);
  void Learn(const Conversation& conversation);
  /// Asks for those of `ids` that are not known, together. What cannot be had is shown as a part of
  /// the id.
  void Fetch(const std::vector<UserId>& ids);
  /// Fetches if need be.
  std::string NameOf(UserId id);
  /// "ann, bo and cy".
  std::string NamesOf(const std::vector<UserId>& ids);

 private:
  Api& api_;
  std::unordered_map<UserId, std::string> names_;
};

/// What people call a conversation: its title; "@bo" for a direct one; else who is in it.
std::string NameOfConversation(const Conversation& conversation, UserId self);

/// "ann added bo", for a change that is shown as a line of the system; empty for any other.
std::string SystemLine(const Change& change, People& people);

/// Text of a message as it stands behind "time name: "; further lines are indented.
std::string MessageText(const Message& message);

}  // namespace parley::client::cli
