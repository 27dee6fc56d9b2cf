#pragma once

#include <cstdio>
#include <string_view>

#include "base/status.h"

namespace parley::client::cli {

/// Where results and messages of the program go, in one of two forms: for people, or one JSON
/// object per line.
class Output {
 public:
  enum class Form { kText, kJson };

  Output(Form form, std::FILE* out, std::FILE* err) : form_(form), out_(out), err_(err) {}

  bool json() const { return form_ == Form::kJson; }

  /// One result. Only what belongs to the form is written: `json`, or `text` (already harmless).
  void Result(std::string_view json, std::string_view text);
  /// Something that happened meanwhile, on standard error.
  void Notice(std::string_view json, std::string_view text);
  /// An error, under `code` where that is not the status's own.
  void Error(const Status& status, std::string_view code = {});

  /// False once standard output could not be written to: nobody reads any more.
  bool writable() const { return writable_; }

 private:
  Form form_;
  std::FILE* out_;
  std::FILE* err_;
  bool writable_ = true;
};

}  // namespace parley::client::cli
