#pragma once

#include <memory>

#include "base/clock.h"
#include "storage/cassandra/conversations.h"
#include "storage/cassandra/session.h"

namespace parley::storage::cassandra {

/// A session of a keyspace with the tables of conversations: made for the first test that asks,
/// gone after the last one. Ids are random, so tests do not meet in it. Ends the program where
/// there is no cluster.
Session& ConversationCluster();

/// Another one of the same keyspace: another node of the fleet.
std::unique_ptr<Session> AnotherSession();

/// The store, open; ends the program where it cannot be.
std::unique_ptr<Conversations> OpenConversations(Session& session, Clock& clock,
                                                 ConversationOptions options = {});

}  // namespace parley::storage::cassandra
