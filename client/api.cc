#include "client/api.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "client/errors.h"
#include "client/json.h"
#include "client/json_writer.h"

namespace parley::client {
namespace {

/// The server's own most for one page.
constexpr std::size_t kPage = 100;

std::string EncodeQuery(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return out;
}

std::string ConversationTarget(ConversationId id, std::string_view rest = {}) {
  return fmt::format("/v1/conversations/{}{}", id.ToString(), rest);
}

template <class IdType>
std::vector<std::string> Quoted(const std::vector<IdType>& ids) {
  std::vector<std::string> out;
  out.reserve(ids.size());
  for (const IdType& id : ids) out.push_back(JsonString(id.ToString()));
  return out;
}

template <class T>
Result<std::vector<T>> ParseItems(const Json& list, Result<T> (*parse)(const Json&)) {
  std::vector<T> items;
  for (const Json& item : list["items"].Items()) {
    PARLEY_ASSIGN(T value, parse(item));
    items.push_back(std::move(value));
  }
  return items;
}

template <class T>
Result<T> ParseBody(const Result<std::string>& body, Result<T> (*parse)(const Json&)) {
  if (!body.ok()) return body.status();
  PARLEY_ASSIGN(const JsonDocument document, JsonDocument::Parse(*body));
  return parse(document.root());
}

bool SameIgnoringCase(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

Status WithoutBody(const Result<std::string>& answer) { return answer.status(); }

}  // namespace

Result<std::string> Api::Call(HttpRequest request) {
  PARLEY_ASSIGN(HttpResponse response, http_.Do(request));
  if (response.status >= 200 && response.status < 300) return std::move(response.body);
  return ProblemStatus(response.status, response.body, response.retry_after);
}

template <class T>
Result<std::vector<T>> Api::List(const std::string& target, std::size_t limit,
                                 Result<T> (*parse)(const Json&)) {
  std::vector<T> all;
  std::string cursor;
  do {
    std::string page = fmt::format("{}?limit={}", target, std::min(kPage, limit - all.size()));
    if (!cursor.empty()) page += "&cursor=" + EncodeQuery(cursor);
    PARLEY_ASSIGN(const std::string body, Call({"GET", page, {}}));
    PARLEY_ASSIGN(const JsonDocument document, JsonDocument::Parse(body));
    PARLEY_ASSIGN(std::vector<T> items, ParseItems(document.root(), parse));
    std::move(items.begin(), items.end(), std::back_inserter(all));
    cursor = document.root()["next_cursor"].Str();
  } while (!cursor.empty() && all.size() < limit);
  return all;
}

Result<SignedIn> Api::SignIn(std::string_view target, std::string body) {
  PARLEY_ASSIGN(const std::string answer, Call({"POST", std::string(target), std::move(body)}));
  PARLEY_ASSIGN(const JsonDocument document, JsonDocument::Parse(answer));
  SignedIn signed_in;
  PARLEY_ASSIGN(signed_in.user, ParseUser(document.root()["user"]));
  signed_in.token = document.root()["token"].Str();
  signed_in.session_json = document.root()["session"].Raw();
  if (signed_in.token.empty()) return Internal("the server signed you in without a token");
  return signed_in;
}

Result<SignedIn> Api::Register(const Registration& registration) {
  return SignIn("/v1/accounts", JsonObject()
                                    .Str("username", registration.username)
                                    .Str("password", registration.password)
                                    .StrUnlessEmpty("display_name", registration.display_name)
                                    .StrUnlessEmpty("email", registration.email)
                                    .StrUnlessEmpty("invite", registration.invite)
                                    .StrUnlessEmpty("device_name", registration.device_name)
                                    .Take());
}

Result<SignedIn> Api::Login(std::string_view username, std::string_view password,
                            std::string_view device_name) {
  return SignIn("/v1/sessions", JsonObject()
                                    .Str("username", username)
                                    .Str("password", password)
                                    .StrUnlessEmpty("device_name", device_name)
                                    .Take());
}

Status Api::SignOut() { return WithoutBody(Call({"DELETE", "/v1/sessions/current", {}})); }

Result<User> Api::Me() { return ParseBody(Call({"GET", "/v1/users/me", {}}), ParseUser); }

Result<User> Api::ClaimAdmin(std::string_view token) {
  return ParseBody(Call({"POST", "/v1/admin/claim", JsonObject().Str("token", token).Take()}),
                   ParseUser);
}

Result<std::vector<User>> Api::Users(const std::vector<UserId>& ids) {
  std::string list;
  for (const UserId& id : ids) list += (list.empty() ? "" : ",") + id.ToString();
  return ParseBody<std::vector<User>>(Call({"GET", "/v1/users?ids=" + list, {}}),
                                      [](const Json& json) { return ParseItems(json, ParseUser); });
}

Result<std::vector<User>> Api::SearchUsers(std::string_view query) {
  return ParseBody<std::vector<User>>(Call({"GET", "/v1/users?query=" + EncodeQuery(query), {}}),
                                      [](const Json& json) { return ParseItems(json, ParseUser); });
}

Result<User> Api::FindUser(std::string_view username) {
  PARLEY_ASSIGN(std::vector<User> users, SearchUsers(username));
  for (User& user : users) {
    if (SameIgnoringCase(user.username, username)) return std::move(user);
  }
  return NotFound(fmt::format("there is nobody called \"{}\"", username));
}

Result<Conversation> Api::CreateConversation(std::string body) {
  return ParseBody(Call({"POST", "/v1/conversations", std::move(body)}), ParseConversation);
}

Result<Conversation> Api::CreateDirect(UserId with) {
  return CreateConversation(JsonObject()
                                .Str("kind", "direct")
                                .Raw("member_ids", JsonArray(Quoted(std::vector{with})))
                                .Take());
}

Result<Conversation> Api::CreateGroup(std::string_view title, const std::vector<UserId>& members,
                                      ClientId client_id) {
  return CreateConversation(JsonObject()
                                .Str("kind", "group")
                                .StrUnlessEmpty("title", title)
                                .Raw("member_ids", JsonArray(Quoted(members)))
                                .Str("client_id", client_id.ToString())
                                .Take());
}

Result<std::vector<Conversation>> Api::Conversations(std::size_t limit) {
  return List<Conversation>("/v1/conversations", limit, ParseConversation);
}

Result<Conversation> Api::GetConversation(ConversationId id) {
  return ParseBody(Call({"GET", ConversationTarget(id), {}}), ParseConversation);
}

Result<std::vector<Member>> Api::Members(ConversationId id) {
  return List<Member>(ConversationTarget(id, "/members"), std::numeric_limits<std::size_t>::max(),
                      ParseMember);
}

Status Api::AddMembers(ConversationId id, const std::vector<UserId>& users) {
  return WithoutBody(Call({"POST", ConversationTarget(id, "/members"),
                           JsonObject().Raw("user_ids", JsonArray(Quoted(users))).Take()}));
}

Status Api::RemoveMember(ConversationId id, UserId user) {
  return WithoutBody(Call({"DELETE", ConversationTarget(id, "/members/" + user.ToString()), {}}));
}

Result<Message> Api::Send(const OutgoingMessage& message, std::chrono::milliseconds timeout) {
  return ParseBody(Call({"POST", ConversationTarget(message.conversation_id, "/messages"),
                         EncodeSendBody(message), timeout}),
                   ParseMessage);
}

Result<MessagePage> Api::Messages(const std::string& target) {
  PARLEY_ASSIGN(const std::string body, Call({"GET", target, {}}));
  PARLEY_ASSIGN(const JsonDocument document, JsonDocument::Parse(body));
  const Json json = document.root();
  MessagePage page;
  PARLEY_ASSIGN(page.items, ParseItems(json, ParseMessage));
  page.has_more_before = json["has_more_before"].Bool();
  page.has_more_after = json["has_more_after"].Bool();
  page.last_seq = Seq(json["last_seq"].Uint());
  return page;
}

Result<MessagePage> Api::MessagesBefore(ConversationId id, std::optional<Seq> before,
                                        std::size_t limit) {
  std::string target =
      ConversationTarget(id, fmt::format("/messages?limit={}", std::min(limit, kPage)));
  if (before) target += fmt::format("&before={}", before->value());
  return Messages(target);
}

Result<MessagePage> Api::MessagesAfter(ConversationId id, Seq after, std::size_t limit) {
  return Messages(ConversationTarget(
      id, fmt::format("/messages?limit={}&after={}", std::min(limit, kPage), after.value())));
}

Result<MessagePage> Api::MessagesAround(ConversationId id, Seq seq, std::size_t limit) {
  return Messages(ConversationTarget(
      id, fmt::format("/messages?limit={}&around={}", std::min(limit, kPage), seq.value())));
}

Result<ChangePage> Api::Changes(ConversationId id, Seq after, std::size_t limit) {
  PARLEY_ASSIGN(const std::string body,
                Call({"GET",
                      ConversationTarget(id, fmt::format("/changes?limit={}&after={}",
                                                         std::min(limit, kPage), after.value())),
                      {}}));
  PARLEY_ASSIGN(const JsonDocument document, JsonDocument::Parse(body));
  const Json json = document.root();
  ChangePage page;
  PARLEY_ASSIGN(page.items, ParseItems(json, ParseChange));
  page.last_seq = Seq(json["last_seq"].Uint());
  page.reset = json["reset"].Bool();
  return page;
}

Status Api::MarkRead(ConversationId id, Seq seq) {
  return WithoutBody(
      Call({"PUT", ConversationTarget(id, "/read"), JsonObject().Uint("seq", seq.value()).Take()}));
}

Result<Message> SendUntilAnswered(Api& api, const OutgoingMessage& message,
                                  RetryDeadline deadline) {
  using std::chrono::milliseconds;
  return RetryUntil(deadline, [&] {
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    return api.Send(message, std::clamp(left, milliseconds(1), milliseconds(10'000)));
  });
}

}  // namespace parley::client
