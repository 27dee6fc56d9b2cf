#include "auth/keyed_hash.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace parley::auth {
namespace {

const TimePoint kNow = FromMillis(1'800'000'000'000);

TEST(Fingerprinter, DependsOnBytesAndKey) {
  const Fingerprinter fingerprinter(storage::SecretKey{1});
  EXPECT_EQ(fingerprinter.Of("hello"), fingerprinter.Of("hello"));
  EXPECT_NE(fingerprinter.Of("hello"), fingerprinter.Of("hellp"));
  EXPECT_NE(fingerprinter.Of("hello"), Fingerprinter(storage::SecretKey{2}).Of("hello"));
}

// Stored fingerprints are compared with new ones: the function must never change.
TEST(Fingerprinter, Of_NeverChanges) {
  const Fingerprint fingerprint = Fingerprinter(storage::SecretKey{}).Of("");
  const Fingerprint expected{0xA5, 0x78, 0x65, 0x2C, 0xA0, 0xA1, 0x28, 0xB9,
                             0x85, 0x5D, 0x75, 0x83, 0xFD, 0x18, 0x37, 0x68};
  EXPECT_EQ(fingerprint, expected);
}

TEST(Fingerprinter, Matches_WhatEachVersionMade) {
  const Fingerprinter fingerprinter(storage::SecretKey{});
  EXPECT_TRUE(fingerprinter.Matches(fingerprinter.Of("hello"), "hello"));
  EXPECT_FALSE(fingerprinter.Matches(fingerprinter.Of("hello"), "hellp"));
  // python3: hashlib.blake2b(b"", key=bytes(32), digest_size=16).hexdigest()
  const Fingerprint blake2b{0x47, 0xEA, 0xC6, 0x75, 0x30, 0xA0, 0xF5, 0x10,
                            0xE5, 0xEE, 0x9A, 0x68, 0x9E, 0x7F, 0xE9, 0x30};
  EXPECT_TRUE(fingerprinter.Matches(blake2b, ""));
  EXPECT_FALSE(fingerprinter.Matches(blake2b, " "));
}

TEST(ConversationIds, Direct_SameInEitherOrder_OtherForOtherPairs) {
  FakeRandom random;
  const UserId a(Uuid::Version7(kNow, random));
  const UserId b(Uuid::Version7(kNow, random));
  const UserId c(Uuid::Version7(kNow, random));
  const ConversationIds ids(storage::SecretKey{1});
  EXPECT_EQ(ids.Direct(a, b), ids.Direct(b, a));
  EXPECT_NE(ids.Direct(a, b), ids.Direct(a, c));
  EXPECT_NE(ids.Direct(a, b), ConversationIds(storage::SecretKey{2}).Direct(a, b));
  EXPECT_EQ(ids.Direct(a, b).ToString()[14], '8');
}

TEST(ConversationIds, Group_DependsOnCreatorAndClientId_NeverADirectOne) {
  FakeRandom random;
  const Uuid one = Uuid::Version7(kNow, random);
  const Uuid two = Uuid::Version7(kNow, random);
  const ConversationIds ids(storage::SecretKey{1});
  EXPECT_EQ(ids.Group(UserId(one), ClientId(two)), ids.Group(UserId(one), ClientId(two)));
  EXPECT_NE(ids.Group(UserId(one), ClientId(two)), ids.Group(UserId(two), ClientId(one)));
  EXPECT_NE(ids.Group(UserId(one), ClientId(two)), ids.Direct(UserId(one), UserId(two)));
}

}  // namespace
}  // namespace parley::auth
