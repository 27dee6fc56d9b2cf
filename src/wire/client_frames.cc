#include "wire/client_frames.h"

#include <algorithm>

#include <fmt/core.h>

#include "wire/json_reader.h"

namespace parley::wire {
namespace {

constexpr auto kOptional = FieldReader::kOptional;

ConversationId ReadConversation(FieldReader& in) {
  return in.IdField<ConversationId>("conversation_id").value_or(ConversationId());
}

Seq ReadSeq(FieldReader& in) { return Seq(in.Integer("seq", 1).value_or(0)); }

ClientFrameBody ReadAuth(FieldReader& in, const Limits& /*limits*/) {
  return AuthFrame{std::string(in.String("token").value_or(""))};
}

/// Whether a hexadecimal letter in it is upper case: only those and what is no UUID lack this bit.
bool MayBeUpperCase(std::string_view id) {
  unsigned char common = 0xFF;
  for (const char c : id) common &= static_cast<unsigned char>(c);
  return (common & 0x20) == 0;
}

/// Names of an object differ, but not the ids that they name where case alone is different.
bool NamesAnyTwice(std::vector<std::pair<ConversationId, Seq>> heads) {
  std::ranges::sort(heads);
  return std::ranges::adjacent_find(heads, {}, &std::pair<ConversationId, Seq>::first) !=
         heads.end();
}

void ReadHeads(FieldReader& in, ResumeFrame& resume) {
  const std::optional<JsonObject> heads = in.Object("heads", kOptional);
  if (!heads) return;
  bool cases_differ = false;
  resume.heads.reserve(std::min(heads->size(), kMaxHeads));
  for (const auto& [key, value] : *heads) {
    const std::optional<ConversationId> conversation = ConversationId::Parse(key);
    const std::optional<std::uint64_t> seq = ToInteger(value, 0);
    if (!conversation || !seq) {
      return in.Refuse("heads", "must map conversation ids to their seqs");
    }
    cases_differ |= MayBeUpperCase(key);
    resume.heads.emplace_back(*conversation, Seq(*seq));
  }
  if (resume.heads.size() > kMaxHeads) {
    in.Refuse("heads", fmt::format("at most {} in one frame", kMaxHeads));
  } else if (cases_differ && NamesAnyTwice(resume.heads)) {
    in.Refuse("heads", "names a conversation twice");
  }
}

ClientFrameBody ReadResume(FieldReader& in, const Limits& /*limits*/) {
  ResumeFrame resume;
  resume.cursor = in.String("cursor", kOptional);
  ReadHeads(in, resume);
  resume.more = in.Bool("more", kOptional).value_or(false);
  return resume;
}

ClientFrameBody ReadSend(FieldReader& in, const Limits& limits) {
  return SendFrame{ReadConversation(in), ReadSendFields(in, limits)};
}

ClientFrameBody ReadRead(FieldReader& in, const Limits& /*limits*/) {
  return ReadFrame{ReadConversation(in), ReadSeq(in)};
}

ClientFrameBody ReadDelivered(FieldReader& in, const Limits& /*limits*/) {
  return DeliveredFrame{ReadConversation(in), ReadSeq(in)};
}

ClientFrameBody ReadTyping(FieldReader& in, const Limits& /*limits*/) {
  return TypingFrame{ReadConversation(in), in.Bool("active").value_or(false)};
}

ClientFrameBody ReadWatchPresence(FieldReader& in, const Limits& /*limits*/) {
  return WatchPresenceFrame{in.IdList<UserId>("user_ids", kMaxPresenceWatched)};
}

ClientFrameBody ReadPing(FieldReader& /*in*/, const Limits& /*limits*/) { return PingFrame{}; }

using ReadBody = ClientFrameBody (*)(FieldReader&, const Limits&);

/// Null where the type is none that this server offers.
ReadBody ReaderOf(std::string_view type) {
  if (type == "send") return ReadSend;
  if (type == "read") return ReadRead;
  if (type == "delivered") return ReadDelivered;
  if (type == "typing") return ReadTyping;
  if (type == "ping") return ReadPing;
  if (type == "watch_presence") return ReadWatchPresence;
  if (type == "resume") return ReadResume;
  if (type == "auth") return ReadAuth;
  return nullptr;
}

bool IsUnsupported(std::string_view type) {
  return type == "react" || type == "edit" || type == "delete";
}

std::optional<std::string> ReadRef(FieldReader& in, FieldReader::Presence presence) {
  const std::optional<std::string_view> ref = in.String("ref", presence);
  if (!ref) return std::nullopt;
  if (ref->size() <= kMaxRefBytes) return std::string(*ref);
  in.Refuse("ref", fmt::format("at most {} bytes", kMaxRefBytes));
  return std::nullopt;
}

}  // namespace

ParsedFrame ParseClientFrame(std::string_view text, const Limits& limits) {
  Result<JsonDocument> document = JsonDocument::Parse(text);
  if (!document.ok()) return ProtocolError{document.status()};
  FieldReader in(document->root());
  const std::optional<std::string_view> type = in.String("type");
  if (!type) return ProtocolError{Malformed("a frame needs a type, which is a string")};

  // A ref that is null is wrong where other fields would be absent: somebody waits for the answer.
  const bool has_ref = document->root().at_key("ref").error() == simdjson::SUCCESS;
  ClientFrame frame;
  frame.ref = ReadRef(in, has_ref || type == "send" ? FieldReader::kRequired : kOptional);
  Status status;
  if (IsUnsupported(*type)) {
    frame.body = UnsupportedFrame{std::string(*type)};
    status = in.Errors(FieldReader::Unknown::kIgnored);
  } else if (const ReadBody read = ReaderOf(*type)) {
    frame.body = read(in, limits);
    status = in.Errors();
  } else {
    status = InvalidField("type", "is not known to this server");
  }
  if (status.ok()) return frame;
  return FrameError{std::move(frame.ref), std::string(*type), std::move(status)};
}

}  // namespace parley::wire
