#include "client/cli/output.h"

#include <string>
#include <vector>

#include <fmt/format.h>

#include "client/cli/text.h"
#include "client/errors.h"
#include "client/json_writer.h"

namespace parley::client::cli {
namespace {

/// Whether it was written and has left our buffer.
bool WriteLine(std::FILE* file, std::string_view line) {
  const bool written = std::fwrite(line.data(), 1, line.size(), file) == line.size() &&
                       std::fputc('\n', file) != EOF;
  return std::fflush(file) == 0 && written;
}

std::string ErrorJson(const Status& status, std::string_view code) {
  JsonObject error;
  error.Str("code", code).Str("detail", status.message());
  std::vector<std::string> fields;
  for (const FieldError& field : status.fields()) {
    fields.push_back(JsonObject().Str("field", field.field).Str("detail", field.detail).Take());
  }
  if (!fields.empty()) error.Raw("errors", JsonArray(fields));
  return JsonObject().Raw("error", error.Take()).Take();
}

std::string ErrorText(const Status& status) {
  std::string text = fmt::format("parley: {}", ForTerminal(status.message()));
  for (const FieldError& field : status.fields()) {
    // The one field that is wrong is often all that the message is about.
    if (status.message().find(field.detail) != std::string_view::npos) continue;
    text += fmt::format("\n  {}: {}", ForTerminal(field.field), ForTerminal(field.detail));
  }
  return text;
}

}  // namespace

void Output::Result(std::string_view json, std::string_view text) {
  const bool written = WriteLine(out_, this->json() ? JsonForTerminal(json) : std::string(text));
  writable_ = writable_ && written;
}

void Output::Notice(std::string_view json, std::string_view text) {
  WriteLine(err_, this->json() ? JsonForTerminal(json) : fmt::format("parley: {}", text));
}

void Output::Error(const Status& status, std::string_view code) {
  if (code.empty()) code = ErrorCode(status.code());
  WriteLine(err_, json() ? JsonForTerminal(ErrorJson(status, code)) : ErrorText(status));
}

}  // namespace parley::client::cli
