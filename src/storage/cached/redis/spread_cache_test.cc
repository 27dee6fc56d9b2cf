#include "storage/cached/redis/spread_cache.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "storage/testing/fake_remote_cache.h"

namespace parley::storage::cached {
namespace {

class SpreadCacheTest : public ::testing::Test {
 protected:
  SpreadCacheTest() : cache_(MakeParts()) {
    for (int i = 0; i < 30; ++i) keys_.push_back("key" + std::to_string(i));
  }

  std::vector<std::unique_ptr<RemoteCache>> MakeParts() {
    std::vector<std::unique_ptr<RemoteCache>> parts;
    for (int i = 0; i < 3; ++i) {
      auto part = std::make_unique<FakeRemoteCache>();
      parts_.push_back(part.get());
      parts.push_back(std::move(part));
    }
    return parts;
  }

  Status WriteAll() {
    std::vector<RemoteWrite> writes;
    for (const std::string& key : keys_) {
      writes.push_back({.kind = RemoteWrite::Kind::kNewer,
                        .key = key,
                        .version = 1,
                        .payload = "of " + key,
                        .ttl = std::chrono::milliseconds(1'000)});
    }
    std::optional<Status> answer;
    cache_.Write(std::move(writes), [&](Status status) { answer = std::move(status); });
    return *answer;
  }
  Result<std::vector<RemoteFound>> GetAll() {
    std::optional<Result<std::vector<RemoteFound>>> answer;
    cache_.Get(keys_, [&](Result<std::vector<RemoteFound>> found) { answer = std::move(found); });
    return *answer;
  }

  std::vector<FakeRemoteCache*> parts_;
  SpreadCache cache_;
  std::vector<std::string> keys_;
};

TEST_F(SpreadCacheTest, EachKey_HasOneHome) {
  ASSERT_TRUE(WriteAll().ok());
  const auto found = *GetAll();
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    EXPECT_EQ(found[i].payload, "of " + keys_[i]);
    int homes = 0;
    for (const FakeRemoteCache* part : parts_) homes += part->Look(keys_[i]).version != 0 ? 1 : 0;
    EXPECT_EQ(homes, 1);
  }
}

TEST_F(SpreadCacheTest, OneThatIsDead_TakesItsKeysWithIt) {
  ASSERT_TRUE(WriteAll().ok());
  parts_[1]->Die();
  EXPECT_FALSE(WriteAll().ok());
  const auto found = *GetAll();
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    EXPECT_EQ(found[i].payload.empty(), parts_[1]->Look(keys_[i]).version != 0);
  }
  for (FakeRemoteCache* part : parts_) part->Die();
  EXPECT_EQ(GetAll().status().code(), StatusCode::kUnavailable);
}

TEST_F(SpreadCacheTest, NoKeys_AreAnsweredWithNothing) {
  keys_.clear();
  EXPECT_TRUE(GetAll()->empty());
  EXPECT_TRUE(WriteAll().ok());
}

}  // namespace
}  // namespace parley::storage::cached
