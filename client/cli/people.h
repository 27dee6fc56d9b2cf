#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "client/api.h"
#include "client/types.h"

namespace parley::client::cli {

/// Names of people by id, learned from what comes by. Names are usernames: nobody can choose
/// another's. They are harmless to a terminal.
class Names {
 public:
  void Learn(const User& user);
  void Learn(const Conversation& conversation);
  bool Know(UserId id) const { return names_.contains(id); }
  /// A part of the id where it is not known.
  std::string Of(UserId id) const;

 private:
  std::unordered_map<UserId, std::string> names_;
};

/// Names that are asked for where what came by is not enough.
class People {
 public:
  /// `api` must outlive this.
  explicit People(Api& api) : api_(api) {}

  void Learn(const User& user) { names_.Learn(user); }
  void Learn(const Conversation& conversation) { names_.Learn(conversation); }
  /// Asks for those of `ids` that are not known, together. What cannot be had is shown as a part of
  /// the id.
  void Fetch(const std::vector<UserId>& ids);
  /// Fetches if need be.
  std::string NameOf(UserId id);
  /// The names of all whom the change names.
  const Names& NamesFor(const Change& change);

 private:
  Api& api_;
  Names names_;
};

/// Whom a change speaks of.
std::vector<UserId> PeopleOf(const Change& change);

/// What people call a conversation: its title; "@bo" for a direct one; else who is in it.
std::string NameOfConversation(const Conversation& conversation, UserId self);

/// "ann added bo", for a change that is shown as a line of the system; empty for any other.
std::string SystemLine(const Change& change, const Names& names);

/// Text of a message as it stands behind "time name: "; further lines are indented.
std::string MessageText(const Message& message);

}  // namespace parley::client::cli
