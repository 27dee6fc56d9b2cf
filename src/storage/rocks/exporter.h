#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "storage/transfer.h"

namespace parley::storage::rocks {

struct ExportOptions {
  /// Of one page, about.
  std::size_t page_records = 1'000;
  std::size_t page_bytes = std::size_t{512} * 1024;
};

/// Reads the store of a server that is stopped (`path` is the store's own folder). Nothing in it is
/// changed, and no server can open it while this lives. Errors as of SourceFiles::Open.
Result<std::unique_ptr<Exporter>> OpenExporter(const std::filesystem::path& path,
                                               ExportOptions options = {});

}  // namespace parley::storage::rocks
