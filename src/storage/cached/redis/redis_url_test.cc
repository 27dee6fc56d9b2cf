#include "storage/cached/redis/redis_url.h"

#include <gtest/gtest.h>

namespace parley::storage::cached {
namespace {

TEST(RedisUrl, EachPart_IsRead) {
  const RedisAddress all = *ParseRedisUrl("redis://ann%40home:p%3Aw%2Fd@cache.example:7000/3");
  EXPECT_EQ(all.host, "cache.example");
  EXPECT_EQ(all.port, 7000);
  EXPECT_EQ(all.user, "ann@home");
  EXPECT_EQ(all.password, "p:w/d");
  EXPECT_EQ(all.database, 3);
  const RedisAddress little = *ParseRedisUrl("redis://10.0.0.1");
  EXPECT_EQ(little.host, "10.0.0.1");
  EXPECT_EQ(little.port, 6379);
  EXPECT_EQ(little.password, "");
  EXPECT_EQ(little.database, 0);
  EXPECT_EQ(ParseRedisUrl("redis://:secret@localhost/")->password, "secret");
  EXPECT_EQ(ParseRedisUrl("redis://[::1]:6380")->host, "::1");
  EXPECT_EQ(ParseRedisUrl("redis://[::1]:6380")->port, 6380);
  EXPECT_EQ(ParseRedisUrl("redis://[::1]")->port, 6379);
}

TEST(RedisUrl, WhatIsWrong_IsRefused_WithoutThePassword) {
  for (const char* url :
       {"", "http://host", "rediss://:secret@host", "redis://", "redis://:secret@",
        "redis://host:0", "redis://host:70000", "redis://host:x", "redis://host/x",
        "redis://secret@host", "redis://:secret%4@host", "redis://:secret%zz@host", "redis://[::1",
        "redis://[::1]x"}) {
    const Status status = ParseRedisUrl(url).status();
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << url;
    EXPECT_EQ(status.message().find("secret"), std::string::npos) << url;
  }
}

}  // namespace
}  // namespace parley::storage::cached
