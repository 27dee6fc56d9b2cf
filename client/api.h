#pragma once

#include <chrono>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "client/http_client.h"
#include "client/outbox.h"
#include "client/retry.h"
#include "client/sync_state.h"
#include "client/types.h"

namespace parley::client {

/// An account, and a session that is signed in to it.
struct SignedIn {
  User user;
  std::string token;
  std::string session_json;
};

struct Registration {
  std::string username;
  std::string password;
  std::string display_name;  ///< empty: the server's choice
  std::string email;         ///< empty: none
  std::string invite;        ///< empty: none
  std::string device_name;
};

struct MessagePage {
  std::vector<Message> items;  ///< ascending
  bool has_more_before = false;
  bool has_more_after = false;
  Seq last_seq;  ///< what the page is true for
};

/// The calls of the interface (docs: api/openapi.yaml), typed. Each blocks for one or more requests
/// of `http` and answers the server's error as a Status: kUnauthenticated, kNotFound, … . One
/// thread at a time.
class Api {
 public:
  /// `http` must outlive this.
  explicit Api(HttpClient& http) : http_(http) {}

  Result<SignedIn> Register(const Registration& registration);
  Result<SignedIn> Login(std::string_view username, std::string_view password,
                         std::string_view device_name);
  Status SignOut();

  Result<User> Me();
  /// Makes the caller an administrator, once per token; kNotFound if it is not valid (any more).
  Result<User> ClaimAdmin(std::string_view token);
  /// At most 100; those that do not exist are left out.
  Result<std::vector<User>> Users(const std::vector<UserId>& ids);
  Result<std::vector<User>> SearchUsers(std::string_view query);
  /// The one with exactly this username, in either case; kNotFound if the search does not find
  /// them.
  Result<User> FindUser(std::string_view username);

  Result<Conversation> CreateDirect(UserId with);
  /// The same `client_id` again answers the same group.
  Result<Conversation> CreateGroup(std::string_view title, const std::vector<UserId>& members,
                                   ClientId client_id);
  /// Latest message first; at most `limit`.
  Result<std::vector<Conversation>> Conversations(
      std::size_t limit = std::numeric_limits<std::size_t>::max());
  Result<Conversation> GetConversation(ConversationId id);

  Result<std::vector<Member>> Members(ConversationId id);
  Status AddMembers(ConversationId id, const std::vector<UserId>& users);
  Status RemoveMember(ConversationId id, UserId user);

  /// Safe to repeat with the same message: it is stored once.
  Result<Message> Send(const OutgoingMessage& message,
                       std::chrono::milliseconds timeout = std::chrono::milliseconds(15'000));
  /// The latest messages before `before`, or of all.
  Result<MessagePage> MessagesBefore(ConversationId id, std::optional<Seq> before,
                                     std::size_t limit);
  Result<MessagePage> MessagesAfter(ConversationId id, Seq after, std::size_t limit);
  /// The messages about `seq`, on both sides.
  Result<MessagePage> MessagesAround(ConversationId id, Seq seq, std::size_t limit);
  Result<ChangePage> Changes(ConversationId id, Seq after, std::size_t limit);
  Status MarkRead(ConversationId id, Seq seq);

 private:
  /// The body of an answer of success.
  Result<std::string> Call(HttpRequest request);
  Result<SignedIn> SignIn(std::string_view target, std::string body);
  Result<Conversation> CreateConversation(std::string body);
  Result<MessagePage> Messages(const std::string& target);
  /// Follows `next_cursor` and parses each item with `parse`.
  template <class T>
  Result<std::vector<T>> List(const std::string& target, std::size_t limit,
                              Result<T> (*parse)(const Json&));

  HttpClient& http_;
};

/// Sends until the server has answered for good or `deadline` has passed (then the last error).
Result<Message> SendUntilAnswered(Api& api, const OutgoingMessage& message, RetryDeadline deadline);

}  // namespace parley::client
