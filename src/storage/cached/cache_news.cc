#include "storage/cached/cache_news.h"

#include <algorithm>
#include <cstdint>

#include "wire/record_fields.h"
#include "wire/record_reader.h"

namespace parley::storage::cached {
namespace {

using wire::RecordReader;
using wire::record::Get;
using wire::record::Put;

constexpr std::uint8_t kNewsVersion = 1;

template <class T>
void PutList(std::string& out, const std::vector<T>& list) {
  const std::size_t size = std::min(list.size(), kMaxNewsRows);
  wire::record::PutNumber(out, size);
  for (std::size_t i = 0; i < size; ++i) Put(out, list[i]);
}

/// `item_bytes`: what one takes.
template <class T>
void GetList(RecordReader& in, std::size_t item_bytes, std::vector<T>& list) {
  const std::uint64_t size = in.Size(item_bytes);
  if (size > kMaxNewsRows) in.Fail("a list of it is too long");
  list.resize(std::min<std::uint64_t>(size, kMaxNewsRows));
  for (T& item : list) Get(in, item);
}

}  // namespace

std::string EncodeNews(const CacheNews& news) {
  std::string bytes;
  wire::record::PutByte(bytes, kNewsVersion);
  PutList(bytes, news.users);
  PutList(bytes, news.sessions);
  return bytes;
}

Result<CacheNews> DecodeNews(std::string_view bytes) {
  RecordReader in(bytes, kNewsVersion, "piece of cache news");
  CacheNews news;
  GetList(in, Uuid::kSize, news.users);
  GetList(in, TokenHash().size(), news.sessions);
  if (!in.AtEnd()) in.Fail("bytes follow its end");
  return in.Finish(std::move(news));
}

}  // namespace parley::storage::cached
