// What a hostile server may tell the client library: frames, objects, URLs, and the state that
// follows from them. Each line of the input is one thing that the server says.

#include <string>
#include <unordered_map>
#include <utility>

#include "client/frames.h"
#include "client/json.h"
#include "client/sync_state.h"
#include "client/types.h"
#include "client/url.h"
#include "fuzz/check.h"

namespace parley::client {
namespace {

constexpr std::size_t kMaxLines = 64;

void CheckUrl(std::string_view text) {
  const Result<ServerUrl> url = ParseServerUrl(text);
  if (!url.ok()) return;
  FUZZ_CHECK(!url->host.empty() && !url->port.empty());
  const Result<ServerUrl> again = ParseServerUrl(url->ToString());
  FUZZ_CHECK(again.ok());
  FUZZ_CHECK(again->tls == url->tls && again->host == url->host && again->port == url->port);
}

/// A SyncState whose questions are answered with what the server says next, and the promise that it
/// makes to its owner: every seq once, in order, whatever it is told.
class Client {
 public:
  void Hear(std::string_view line) {
    Result<ServerFrame> frame = ParseFrame(line);
    if (frame.ok()) {
      std::visit([this](auto& body) { On(body); }, *frame);
    } else {
      FUZZ_CHECK(frame.status().code() == StatusCode::kMalformed);
      Answer(line);
    }
  }

 private:
  void On(ReadyFrame& ready) {
    state_.OnDisconnected();
    list_ = std::nullopt;
    Follow(state_.OnReady(ready));
  }
  void On(SyncFrame& sync) { Follow(state_.OnSync(std::move(sync))); }
  void On(ChangeFrame& change) { Follow(state_.OnChange(std::move(change.change))); }
  void On(InboxFrame& inbox) {
    FUZZ_CHECK(inbox.left.has_value() != inbox.conversation.has_value());
    Follow(state_.OnInbox(std::move(inbox)));
  }
  template <class Other>
  void On(Other& /*frame*/) {
    Follow(state_.Resume());
  }

  /// An object that is no frame answers the last question.
  void Answer(std::string_view line) {
    const Result<JsonDocument> document = JsonDocument::Parse(line);
    if (!document.ok()) return;
    const Json json = document->root();
    FUZZ_CHECK(JsonDocument::Parse(json.Raw()).ok());
    if (auto change = ParseChange(json); change.ok() && changes_) {
      ChangePage page;
      page.last_seq = Seq(json["last_seq"].Uint());
      page.reset = json["reset"].Bool();
      page.items.push_back(*std::move(change));
      Follow(state_.OnChangesFetched(*std::exchange(changes_, std::nullopt), std::move(page)));
    }
    if (auto conversation = ParseConversation(json); conversation.ok()) {
      if (object_) {
        Follow(state_.OnConversationFetched(*std::exchange(object_, std::nullopt), *conversation));
      }
      if (list_) {
        Follow(state_.OnList(std::exchange(list_, std::nullopt)->ticket, {{*conversation}}));
      }
    }
    static_cast<void>(ParseMessage(json).ok() || ParseMember(json).ok() || ParseUser(json).ok());
  }

  void Follow(Actions actions) {
    for (Action& action : actions) {
      if (auto* list = std::get_if<FetchList>(&action)) list_ = *list;
      if (auto* changes = std::get_if<FetchChanges>(&action)) changes_ = *changes;
      if (auto* object = std::get_if<FetchConversation>(&action)) object_ = *object;
      if (auto* text = std::get_if<SendText>(&action)) {
        FUZZ_CHECK(JsonDocument::Parse(text->frame).ok());
      }
      if (auto* deliver = std::get_if<Deliver>(&action)) Take(deliver->event);
    }
  }

  void Take(const Event& event) {
    if (const auto* loaded = std::get_if<Loaded>(&event)) {
      have_[loaded->conversation.id] = loaded->conversation.last_seq;
    } else if (const auto* changed = std::get_if<Changed>(&event)) {
      const auto found = have_.find(changed->change.conversation_id);
      FUZZ_CHECK(found != have_.end());
      FUZZ_CHECK(changed->change.seq == found->second.Next());
      found->second = changed->change.seq;
    } else if (const auto* left = std::get_if<Left>(&event)) {
      FUZZ_CHECK(have_.erase(left->conversation_id) == 1);
    } else if (const auto* updated = std::get_if<Updated>(&event)) {
      FUZZ_CHECK(have_.contains(updated->conversation.id));
    }
  }

  SyncState state_;
  std::unordered_map<ConversationId, Seq> have_;
  std::optional<FetchList> list_;
  std::optional<FetchChanges> changes_;
  std::optional<FetchConversation> object_;
};

}  // namespace
}  // namespace parley::client

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley::client;
  std::string_view rest = parley::fuzz::AsText(data, size);
  Client client;
  for (std::size_t i = 0; i < kMaxLines && !rest.empty(); ++i) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    CheckUrl(line);
    client.Hear(line);
  }
  return 0;
}
