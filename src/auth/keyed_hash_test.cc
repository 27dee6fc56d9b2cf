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
TEST(Fingerprinter, IsBlake2b128) {
  const Fingerprint fingerprint = Fingerprinter(storage::SecretKey{}).Of("");
  // python3: hashlib.blake2b(b"", key=bytes(32), digest_size=16).hexdigest()
  const Fingerprint expected{0x47, 0xEA, 0xC6, 0x75, 0x30, 0xA0, 0xF5, 0x10,
                             0xE5, 0xEE, 0x9A, 0x68, 0x9E, 0x7F, 0xE9, 0x30};
  EXPECT_EQ(fingerprint, expected);
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
