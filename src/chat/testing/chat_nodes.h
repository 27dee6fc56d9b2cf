#pragma once

#include <memory>
#include <string>
#include <vector>

#include "chat/testing/chat_backend.h"

namespace parley::chat {

/// Two nodes on one distributed store, joined by a bus that may lose: the ground of the tests of
/// what makes several of them correct.
class NodesTest : public testing::Test {
 protected:
  std::shared_ptr<ChatWorld> world_ = std::make_shared<ChatWorld>(ChatWorld::Kind::kManyNodes, 2);
  ChatBackend one_{world_, 0};
  ChatBackend two_{world_, 1};
  const UserId ann_ = one_.Person("ann");
  const UserId bo_ = one_.Person("bob");
  const UserId cy_ = one_.Person("cyd");
  const ConversationId group_ = one_.Group(ann_, {bo_, cy_});
};

}  // namespace parley::chat
