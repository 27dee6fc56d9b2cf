#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "storage/cassandra/session.h"
#include "storage/node_signs.h"

namespace parley::storage::cassandra {

/// NodeSigns on Cassandra: one small partition. Any thread but for Open.
class CassandraNodeSigns final : public NodeSigns {
 public:
  static std::span<const std::string_view> Tables();

  /// Prepares the statements; `session`, which has the tables, outlives it. Blocks; from no shard.
  /// Errors as of Session::Prepare.
  static Result<std::unique_ptr<CassandraNodeSigns>> Open(Session& session);

  runtime::Task<Status> Give(NodeSign sign) override;
  runtime::Task<Result<std::vector<NodeSign>>> Read() override;

 private:
  CassandraNodeSigns(Session& session, const Statement& give, const Statement& read)
      : session_(session), give_(give), read_(read) {}

  Session& session_;
  const Statement& give_;
  const Statement& read_;
};

}  // namespace parley::storage::cassandra
