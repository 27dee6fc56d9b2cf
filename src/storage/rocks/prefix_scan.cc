#include "storage/rocks/prefix_scan.h"

namespace parley::storage::rocks {

std::string EndOfPrefix(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xFF) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(end.back() + 1);
  return end;
}

PrefixScan::PrefixScan(const Database& db, Family family, std::string_view prefix, Depth depth,
                       const rocksdb::Snapshot* snapshot)
    : family_(family),
      prefix_(prefix),
      end_(EndOfPrefix(prefix)),
      lower_bound_(prefix_),
      upper_bound_(end_) {
  rocksdb::ReadOptions options = OptionsOf(depth, snapshot);
  options.iterate_lower_bound = &lower_bound_;
  if (!end_.empty()) options.iterate_upper_bound = &upper_bound_;
  // Ends an all-0xFF prefix too, where the family has an extractor.
  options.prefix_same_as_start = true;
  rows_.reset(db.db().NewIterator(options, db.family(family)));
}

}  // namespace parley::storage::rocks
