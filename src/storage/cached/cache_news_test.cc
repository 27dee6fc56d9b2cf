#include "storage/cached/cache_news.h"

#include <gtest/gtest.h>

#include "storage/testing/log_builder.h"

namespace parley::storage::cached {
namespace {

CacheNews SomeNews() {
  CacheNews news;
  news.users = {NewId<UserId>(), NewId<UserId>()};
  news.sessions.resize(1);
  SystemRandom().Fill(news.sessions[0]);
  return news;
}

TEST(CacheNews, Encoded_ComesBackTheSame) {
  for (const CacheNews& news : {SomeNews(), CacheNews()}) {
    EXPECT_EQ(*DecodeNews(EncodeNews(news)), news);
  }
}

TEST(CacheNews, CutOrLengthened_IsNoNews) {
  const std::string bytes = EncodeNews(SomeNews());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(DecodeNews(std::string_view(bytes).substr(0, size)).status().code(),
              StatusCode::kDataLoss)
        << size;
  }
  EXPECT_FALSE(DecodeNews(bytes + "x").ok());
  EXPECT_FALSE(DecodeNews("\x02" + bytes.substr(1)).ok());
}

TEST(CacheNews, ListsTooLong_AreCutWhenWritten_AndRefusedWhenRead) {
  CacheNews news;
  news.users.assign(kMaxNewsRows + 1, NewId<UserId>());
  const std::string bytes = EncodeNews(news);
  EXPECT_EQ(DecodeNews(bytes)->users.size(), kMaxNewsRows);

  std::string longer = bytes.substr(0, 1);
  longer += "\xD1\x0F";  // 2,001
  for (const UserId& user : news.users) longer += user.view();
  longer += std::string(1, '\0');
  EXPECT_FALSE(DecodeNews(longer).ok());
}

}  // namespace
}  // namespace parley::storage::cached
