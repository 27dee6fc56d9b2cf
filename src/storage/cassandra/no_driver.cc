// In place of the driver where the program was built without (PARLEY_CASSANDRA=OFF): no session is
// ever connected, so there are no rows.
#include "storage/cassandra/session.h"

namespace parley::storage::cassandra {

Result<std::unique_ptr<Session>> Session::Connect(SessionOptions /*options*/) {
  return InvalidArgument(
      "this parleyd was built without Cassandra: build it with -DPARLEY_CASSANDRA=ON, or set "
      "storage.engine to another");
}

std::optional<std::string_view> Row::operator[](std::size_t /*column*/) const {
  return std::nullopt;
}

void Rows::Free::operator()(CqlResult* /*result*/) const {}

Rows::Rows(CqlResult* result) : result_(result) {}

Row Rows::operator[](std::size_t /*row*/) const { return {first_, 0}; }

bool Rows::applied() const { return false; }

std::string_view Rows::error() const { return {}; }

}  // namespace parley::storage::cassandra
