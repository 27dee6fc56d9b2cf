#include "storage/cassandra/session.h"

#include "storage/cassandra/driver/cql.h"

namespace parley::storage::cassandra {

std::optional<std::string_view> Row::operator[](std::size_t column) const {
  if (column >= count_) return std::nullopt;
  const CqlBytes& cell = cells_[column];
  if (cell.len < 0) return std::nullopt;
  return std::string_view(reinterpret_cast<const char*>(cell.data),
                          static_cast<std::size_t>(cell.len));
}

void Rows::Free::operator()(CqlResult* result) const { cql_result_free(result); }

Rows::Rows(CqlResult* result)
    : result_(result),
      first_(cql_result_cells(result, &cells_)),
      columns_(cql_result_columns(result)) {
  const CqlBytes page = cql_result_page(result);
  if (page.len > 0) {
    next_page_.assign(reinterpret_cast<const char*>(page.data), static_cast<std::size_t>(page.len));
  }
}

Row Rows::operator[](std::size_t row) const { return {first_ + row * columns_, columns_}; }

bool Rows::applied() const {
  if (empty()) return false;
  const std::optional<std::string_view> applied = (*this)[0][0];
  return applied && applied->size() == 1 && applied->front() != '\0';
}

std::string_view Rows::error() const {
  const CqlBytes error = cql_result_error(result_.get());
  return {reinterpret_cast<const char*>(error.data), static_cast<std::size_t>(error.len)};
}

}  // namespace parley::storage::cassandra
