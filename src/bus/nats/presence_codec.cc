#include "bus/nats/presence_codec.h"

#include <utility>

#include "wire/record_fields.h"

namespace parley::bus {
namespace {

using wire::record::Get;
using wire::record::Put;
using wire::record::PutByte;
using wire::record::PutNumber;

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kHeader = 32;

}  // namespace

std::string EncodeHeldNews(const HeldNews& news) {
  std::string out;
  out.reserve(kHeader + news.news.size() * (Uuid::kSize + 1));
  PutByte(out, kVersion);
  Put(out, news.node);
  PutNumber(out, news.news.size());
  for (const PresenceNews& each : news.news) {
    Put(out, each.user);
    Put(out, each.online);
  }
  return out;
}

Result<HeldNews> DecodeHeldNews(std::string_view bytes) {
  wire::RecordReader in(bytes, kVersion, "word about who is connected");
  HeldNews news;
  Get(in, news.node);
  const std::uint64_t size = in.Size(Uuid::kSize + 1);
  news.news.reserve(size);
  for (std::uint64_t i = 0; i < size; ++i) {
    PresenceNews& each = news.news.emplace_back();
    Get(in, each.user);
    Get(in, each.online);
  }
  return in.Finish(std::move(news));
}

std::string EncodePeople(const std::vector<UserId>& people) {
  std::string out;
  out.reserve(kHeader + people.size() * Uuid::kSize);
  PutByte(out, kVersion);
  PutNumber(out, people.size());
  for (const UserId& user : people) Put(out, user);
  return out;
}

Result<std::vector<UserId>> DecodePeople(std::string_view bytes) {
  wire::RecordReader in(bytes, kVersion, "question who is connected");
  std::vector<UserId> people;
  const std::uint64_t size = in.Size(Uuid::kSize);
  people.reserve(size);
  for (std::uint64_t i = 0; i < size; ++i) Get(in, people.emplace_back());
  return in.Finish(std::move(people));
}

}  // namespace parley::bus
