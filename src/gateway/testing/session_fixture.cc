#include "gateway/testing/session_fixture.h"

#include <algorithm>
#include <utility>
#include <simdjson.h>

#include <fmt/core.h>

namespace parley::gateway {
namespace {

using Json = simdjson::dom::element;

std::string Text(Json json, std::string_view name) {
  std::string_view value;
  return json[name].get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
}

std::uint64_t Number(Json json, std::string_view name) {
  std::uint64_t value = 0;
  return json[name].get(value) == simdjson::SUCCESS ? value : 0;
}

bool Truth(Json json, std::string_view name) {
  bool value = false;
  return json[name].get(value) == simdjson::SUCCESS && value;
}

std::string ShowSync(Json sync) {
  std::string shown = "sync";
  for (Json part : sync["conversations"].get_array()) {
    shown += " (";
    std::string separator;
    if (Truth(part, "reset")) shown += "reset";
    for (Json change : part["changes"].get_array()) {
      shown += std::exchange(separator, " ") + std::to_string(Number(change, "seq"));
    }
    shown += ")";
  }
  const std::size_t left = sync["left"].get_array().size();
  if (left > 0) shown += fmt::format(" left {}", left);
  return shown + (Truth(sync, "more") ? " …" : "");
}

/// Empty where the frame is not momentary.
std::string ShowMomentary(const std::string& frame) {
  simdjson::dom::parser parser;
  Json json;
  if (parser.parse(frame).get(json) != simdjson::SUCCESS) return {};
  const std::string type = Text(json, "type");
  if (type == "receipt") {
    return fmt::format("receipt {} {}", Number(json, "delivered_seq"), Number(json, "read_seq"));
  }
  if (type == "typing") return Truth(json, "active") ? "typing" : "typing ended";
  if (type == "presence") return Truth(json, "online") ? "presence online" : "presence offline";
  if (type == "user") return "user " + Text(json["user"], "display_name");
  return {};
}

std::string Show(const std::string& frame) {
  simdjson::dom::parser parser;
  Json json;
  if (parser.parse(frame).get(json) != simdjson::SUCCESS) return "no JSON: " + frame;
  const std::string type = Text(json, "type");
  if (type == "change") return fmt::format("change {}", Number(json, "seq"));
  if (type == "sync") return ShowSync(json);
  if (type == "pong") return "pong " + Text(json, "ref");
  if (type == "error") return fmt::format("error {} {}", Text(json, "ref"), Text(json, "code"));
  if (type == "ack") {
    return fmt::format("ack {} {}{}", Text(json, "ref"), Number(json, "seq"),
                       Truth(json, "duplicate") ? " again" : "");
  }
  if (type == "inbox") {
    Json conversation;
    if (json["conversation"].get(conversation) != simdjson::SUCCESS) return "left";
    return fmt::format("inbox {}", Number(conversation, "last_seq"));
  }
  return type;
}

class LossySubscriber : public bus::Subscriber, public bus::Subscription {
 public:
  LossySubscriber(const bool& losing, bus::Subscriber& to) : losing_(losing), to_(to) {}
  void OnEvent(const bus::EventPtr& event) override {
    if (!losing_) to_.OnEvent(event);
  }

  std::unique_ptr<bus::Subscription> subscription;

 private:
  const bool& losing_;
  bus::Subscriber& to_;
};

}  // namespace

bool FakeSocket::Send(wire::Frame frame) {
  if (closed) return false;
  if (slow) {
    queued += frame.bytes().size();
    ++queued_count;
  }
  std::string json(frame.payload());
  std::string momentary = ShowMomentary(json);
  if (momentary.empty()) {
    frames.push_back(std::move(json));
  } else {
    passing.push_back(std::move(momentary));
  }
  return true;
}

void FakeSocket::Close(net::CloseCode code, std::string_view /*reason*/) {
  if (!closed) closed = code;
}

std::unique_ptr<bus::Subscription> LossyBus::Subscribe(UserId user, bus::Subscriber& subscriber) {
  auto lossy = std::make_unique<LossySubscriber>(losing, subscriber);
  lossy->subscription = bus_.Subscribe(user, *lossy);
  return lossy;
}

std::unique_ptr<bus::Subscription> LossyBus::Follow(ConversationId conversation,
                                                    bus::Subscriber& subscriber) {
  return bus_.Follow(conversation, subscriber);
}

std::unique_ptr<bus::Subscription> LossyBus::OnGap(UniqueFunction<void()> gap) {
  return bus_.OnGap(std::move(gap));
}

void LossyBus::Publish(bus::EventPtr event, bus::Recipients recipients) {
  bus_.Publish(std::move(event), std::move(recipients));
}

TestClient::TestClient(chat::ChatBackend& backend, Sessions& sessions,
                       std::optional<auth::Caller> caller, Start start,
                       limits::ClientAddress client)
    : backend_(backend), handler_(sessions.Make(backend.shard(), caller, start, client)) {
  backend_.On([this] { handler_->OnOpen(socket); });
}

TestClient::~TestClient() { Disconnect(); }

void TestClient::Say(std::string json) {
  backend_.On([this, &json] { handler_->OnText(json); });
}

void TestClient::Part(std::size_t bytes) {
  backend_.On([this, bytes] { handler_->OnPart(bytes); });
}

void TestClient::Resume(ConversationId conversation, std::uint64_t head) {
  Say(fmt::format(R"({{"type":"resume","heads":{{"{}":{}}}}})", conversation.ToString(), head));
}

void TestClient::Drain() {
  socket.queued = 0;
  socket.queued_count = 0;
  backend_.On([this] { handler_->OnDrained(); });
}

void TestClient::Disconnect() {
  if (!handler_) return;
  backend_.On([this] {
    handler_->OnClosed(net::CloseReason::kByPeer);
    handler_.reset();
  });
}

bool TestClient::TakeReady() {
  return told_ == 0 && !socket.frames.empty() && Show(socket.frames[told_++]) == "ready";
}

std::vector<std::string> TestClient::Told() {
  std::vector<std::string> told;
  for (; told_ < socket.frames.size(); ++told_) told.push_back(Show(socket.frames[told_]));
  return told;
}

std::vector<std::string> TestClient::Noticed() {
  std::vector<std::string> noticed(socket.passing.begin() + static_cast<std::ptrdiff_t>(noticed_),
                                   socket.passing.end());
  noticed_ = socket.passing.size();
  return noticed;
}

std::vector<std::uint64_t> TestClient::Seqs() const {
  std::vector<std::uint64_t> seqs;
  for (const std::string& frame : socket.frames) {
    simdjson::dom::parser parser;
    Json json;
    if (parser.parse(frame).get(json) != simdjson::SUCCESS) continue;
    if (Text(json, "type") == "change") seqs.push_back(Number(json, "seq"));
    if (Text(json, "type") != "sync") continue;
    for (Json part : json["conversations"].get_array()) {
      if (Truth(part, "reset")) seqs = {Number(part["conversation"], "last_seq")};
      for (Json change : part["changes"].get_array()) seqs.push_back(Number(change, "seq"));
    }
  }
  return seqs;
}

auth::Caller SessionFixture::CallerOf(UserId user) {
  parley::Session session;
  session.id = SessionId(user.uuid());
  session.user = user;
  std::ranges::copy(user.uuid().bytes(), session.token_hash.begin());
  session.created_at = session.last_used_at = backend_.clock().Now();
  storage::AccountStore& accounts = backend_.store().accounts();
  if (!backend_.Run(accounts.FindSession(session.token_hash)).ok()) {
    EXPECT_TRUE(backend_.Run(accounts.CreateSession(session)).ok());
  }
  return {session.user, session.id, session.token_hash};
}

std::unique_ptr<TestClient> SessionFixture::Connect(UserId user, Start start) {
  auto client = std::make_unique<TestClient>(backend_, sessions_, CallerOf(user), start);
  EXPECT_EQ(client->Told(), std::vector<std::string>{"ready"});
  return client;
}

std::uint64_t SessionFixture::Send(UserId sender, ConversationId conversation, std::string text) {
  return SeqOf(backend_.Do(sender, conversation, backend_.Text(std::move(text)))).value();
}

void SessionFixture::SendMany(UserId sender, ConversationId conversation, int count,
                              std::string text) {
  for (int i = 0; i < count; ++i) EXPECT_GT(Send(sender, conversation, text), 0U);
}

}  // namespace parley::gateway
