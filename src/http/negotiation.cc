#include "http/negotiation.h"

#include <optional>

#include "http/text.h"

namespace parley::http {
namespace {

/// Weights count in thousandths: a qvalue has at most three decimals (RFC 9110, 12.4.2).
constexpr int kFullWeight = 1000;

/// One member of an Accept field: "gzip;q=0.5".
struct Choice {
  std::string_view name;
  int weight = kFullWeight;
};

std::optional<int> ParseWeight(std::string_view text) {
  if (text.empty() || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  int weight = (text[0] - '0') * kFullWeight;
  if (text.size() == 1) return weight;
  if (text[1] != '.' || text.size() > 5) return std::nullopt;
  int unit = kFullWeight;
  for (const char digit : text.substr(2)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    unit /= 10;
    weight += (digit - '0') * unit;
  }
  return weight <= kFullWeight ? std::optional(weight) : std::nullopt;
}

std::optional<Choice> ParseChoice(std::string_view member) {
  std::size_t end = member.find(';');
  Choice choice{Trim(member.substr(0, end)), kFullWeight};
  while (end != std::string_view::npos) {
    member.remove_prefix(end + 1);
    end = member.find(';');
    const std::string_view parameter = Trim(member.substr(0, end));
    if (parameter.size() < 2 || !EqualsIgnoreCase(parameter.substr(0, 2), "q=")) continue;
    const std::optional<int> weight = ParseWeight(parameter.substr(2));
    if (!weight) return std::nullopt;
    choice.weight = *weight;
  }
  return choice;
}

}  // namespace

Coding ChooseCoding(std::string_view accept_encoding, Codings at_hand) {
  std::optional<int> identity;
  std::optional<int> gzip;
  std::optional<int> brotli;
  std::optional<int> others;
  for (const std::string_view member : SplitList(accept_encoding)) {
    const std::optional<Choice> choice = ParseChoice(member);
    if (!choice) continue;
    if (EqualsIgnoreCase(choice->name, "identity")) identity = choice->weight;
    if (EqualsIgnoreCase(choice->name, "gzip")) gzip = choice->weight;
    if (EqualsIgnoreCase(choice->name, "br")) brotli = choice->weight;
    if (choice->name == "*") others = choice->weight;
  }
  // As it is may always be sent; who does not name it likes it least.
  int best = identity.value_or(0);
  Coding coding = Coding::kIdentity;
  const auto offer = [&](bool there, std::optional<int> weight, Coding offered) {
    const int liked = weight.value_or(others.value_or(0));
    if (!there || liked == 0 || liked < best) return;
    best = liked;
    coding = offered;
  };
  offer(at_hand.gzip, gzip, Coding::kGzip);
  offer(at_hand.brotli, brotli, Coding::kBrotli);
  return coding;
}

bool NamesHtml(std::string_view accept) {
  for (const std::string_view member : SplitList(accept)) {
    const std::optional<Choice> choice = ParseChoice(member);
    if (choice && choice->weight > 0 && EqualsIgnoreCase(choice->name, "text/html")) return true;
  }
  return false;
}

bool Knows(std::string_view if_none_match, std::string_view etag) {
  for (std::string_view known : SplitList(if_none_match)) {
    if (known.starts_with("W/")) known.remove_prefix(2);
    if (known == "*" || known == etag) return true;
  }
  return false;
}

}  // namespace parley::http
