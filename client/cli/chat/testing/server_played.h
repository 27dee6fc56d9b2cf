#pragma once

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/random.h"
#include "client/cli/chat/model.h"
#include "client/cli/chat/view.h"
#include "client/frames.h"
#include "client/testing/samples.h"

namespace parley::client::cli::chat {

/// A Model as ann has it, and a server that the test plays: says things as bo, answers pages out of
/// what was said, and keeps what the model asked for.
class ServerPlayed {
 public:
  ServerPlayed() {
    setenv("TZ", "UTC", 1);
    tzset();
  }

  static UserId Ann() { return *UserId::Parse(kAnn); }
  static UserId Bo() { return *UserId::Parse(kBo); }
  ConversationId team() const { return ConversationOf(kTeam); }

  Model& model() { return model_; }
  const State& state() const { return model_.state(); }
  Talk& talk(const std::string& id = kTeam) const { return *state().Find(ConversationOf(id)); }
  FakeClock& clock() { return clock_; }

  /// A conversation whose log has `messages` by bo, of which the last `unread` are new to ann.
  void List(const std::string& id, const std::string& kind, const std::string& title,
            std::uint64_t messages, std::uint64_t unread = 0) {
    head_[id] = messages;
    const std::string last =
        messages == 0 ? "null" : MessageJson(id, messages, kBo, TextOf(messages));
    const std::string json = fmt::format(
        R"({{"id":"{}","kind":"{}","title":"{}","first_seq":1,"last_seq":{},"read_seq":{},"delivered_seq":0,"created_at":1799000000000,"member_count":2,"members":[{{"user":{},"role":"admin"}},{{"user":{},"role":"member"}}],"unread_count":{},"last_message":{}}})",
        id, kind, title, messages, messages - unread, UserJson(kAnn, "ann"), UserJson(kBo, "bo"),
        unread, last);
    model_.OnEvent(Loaded{ParseObject(json), Loaded::Why::kListed});
  }
  /// What is on the server, without telling of it.
  void Store(const std::string& id, std::uint64_t messages) { head_[id] = messages; }
  void Connect() {
    model_.OnEvent(Connected{Ann()});
    Settle();
  }
  void Lose() {
    model_.OnEvent(Disconnected{"gone", std::chrono::seconds(1)});
    Settle();
  }

  /// The next change: a message by `sender`.
  void Say(const std::string& text, const std::string& id = kTeam,
           const std::string& sender = kBo) {
    const std::uint64_t seq = ++head_[id];
    const std::string message = MessageJson(id, seq, sender, text);
    Change(seq, sender, R"("kind":"message","message":)" + message, id);
  }
  /// The next change, of any kind.
  void Change(const std::string& actor, const std::string& rest, const std::string& id = kTeam) {
    Change(++head_[id], actor, rest, id);
  }
  void Notice(const std::string& type, const std::string& rest) {
    model_.OnEvent(Noticed{type, fmt::format(R"({{"type":"{}",{}}})", type, rest)});
    Settle();
  }

  void Press(Key::Code code) { Press(Key{code}); }
  void Press(const Key& key) {
    model_.OnKey(key);
    Settle();
  }
  void Control(char letter) { Press(Key{Key::Code::kControl, std::string(1, letter)}); }
  void Type(const std::string& text) {
    for (const char c : text) Press(Key{Key::Code::kText, std::string(1, c)});
  }
  void Resize(int rows, int cols) {
    model_.OnResize({rows, cols});
    Settle();
  }
  void Pass(std::chrono::milliseconds time) {
    clock_.Advance(time);
    model_.OnTime();
    Settle();
  }

  /// The team with so many messages, open.
  void OpenTeam(std::uint64_t messages, std::uint64_t unread = 0) {
    List(kTeam, "group", "Team", messages, unread);
    Connect();
    Press(Key::Code::kTab);
  }
  static std::string Typing(const std::string& active) {
    return fmt::format(R"("conversation_id":"{}","user_id":"{}","active":{})", kTeam, kBo, active);
  }
  static std::string ReceiptOf(std::uint64_t delivered, std::uint64_t read) {
    return fmt::format(R"("conversation_id":"{}","user_id":"{}","delivered_seq":{},"read_seq":{})",
                       kTeam, kBo, delivered, read);
  }
  void KnowMembers() {
    Member bo;
    bo.user.id = Bo();
    bo.user.username = "bo";
    model().OnMembers(FetchMembers{team()}, std::vector<Member>{bo});
  }
  /// Sends `text` and has the server store it.
  Seq SendStored(const std::string& text) {
    Type(text);
    Press(Key::Code::kEnter);
    const OutgoingMessage message = Last<SendMessage>()->message;
    model().OnEvent(Sent{message.client_id, team(), talk().head.Next()});
    Change(
        kAnn,
        fmt::format(
            R"("kind":"message","message":{{"conversation_id":"{}","seq":{},"client_id":"{}","sender_id":"{}","sent_at":{},"text":"{}"}})",
            kTeam, talk().head.value() + 1, message.client_id.ToString(), kAnn,
            ToMillis(clock().Now()), text));
    return talk().head;
  }

  /// Answers what is asked, until nothing is; pages only while `answer_pages`.
  void Settle() {
    for (std::vector<Effect> effects = model_.TakeEffects(); !effects.empty();
         effects = model_.TakeEffects()) {
      for (Effect& effect : effects) {
        if (const auto* page = std::get_if<FetchPage>(&effect); page != nullptr && answer_pages) {
          model_.OnPage(*page, Answer(*page));
        }
        seen.push_back(std::move(effect));
      }
    }
  }
  /// The latest effect of this type so far.
  template <class T>
  std::optional<T> Last() const {
    for (auto it = seen.rbegin(); it != seen.rend(); ++it) {
      if (const T* found = std::get_if<T>(&*it)) return *found;
    }
    return std::nullopt;
  }
  template <class T>
  std::size_t Count() const {
    std::size_t count = 0;
    for (const Effect& effect : seen) count += std::holds_alternative<T>(effect) ? 1 : 0;
    return count;
  }
  std::string Shown() const { return Draw(state()).Text(); }

  MessagePage Answer(const FetchPage& page) const {
    constexpr std::uint64_t kPage = 50;
    const auto found = head_.find(page.conversation.ToString());
    const std::uint64_t head = found == head_.end() ? 0 : found->second;
    std::uint64_t first = head < kPage ? 1 : head - kPage + 1;
    std::uint64_t last = head;
    const std::uint64_t seq = page.seq.value();
    if (page.where == Timeline::Where::kBefore) {
      last = seq - 1;
      first = last < kPage ? 1 : last - kPage + 1;
    } else if (page.where == Timeline::Where::kAfter) {
      first = seq + 1;
      last = std::min(head, seq + kPage);
    } else if (page.where == Timeline::Where::kAround) {
      first = seq < kPage / 2 ? 1 : seq - kPage / 2 + 1;
      last = std::min(head, first + kPage - 1);
    }
    MessagePage answer{{}, first > 1, last < head, Seq(head)};
    for (std::uint64_t each = first; each <= last; ++each) {
      answer.items.push_back(MessageAt(each, page.conversation.ToString()));
    }
    return answer;
  }

  std::vector<Effect> seen;
  bool answer_pages = true;

 private:
  static std::string TextOf(std::uint64_t seq) { return fmt::format("text {}", seq); }
  static Message MessageAt(std::uint64_t seq, const std::string& id) {
    return *std::get<ChangeFrame>(*ParseFrame(LiveJson(ChangeJson(id, seq)))).change.message;
  }
  static Conversation ParseObject(const std::string& json) {
    return *std::get<InboxFrame>(*ParseFrame(R"({"type":"inbox","conversation":)" + json + "}"))
                .conversation;
  }
  void Change(std::uint64_t seq, const std::string& actor, const std::string& rest,
              const std::string& id) {
    const std::string json = fmt::format(
        R"({{"type":"change","conversation_id":"{}","seq":{},"at":{},"actor_id":"{}",{}}})", id,
        seq, ToMillis(clock_.Now()), actor, rest);
    model_.OnEvent(Changed{std::get<ChangeFrame>(*ParseFrame(json)).change});
    Settle();
  }

  FakeClock clock_;
  FakeRandom random_;
  Model model_{{.self = {Ann(), "ann", "Ann", ""}, .server = "http://here"}, clock_, random_};
  std::unordered_map<std::string, std::uint64_t> head_;
};

}  // namespace parley::client::cli::chat
