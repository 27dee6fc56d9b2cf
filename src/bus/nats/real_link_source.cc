#include <cstdlib>
#include <sstream>

#include <gtest/gtest.h>

#include "bus/nats/link_source.h"
#include "bus/nats/nats_link.h"

namespace parley::bus {
namespace {

std::string FromEnvironment(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): one thread
  return value == nullptr ? std::string() : value;
}

/// The servers of PARLEY_NATS, by turns the first one first.
class RealLinkSource : public LinkSource {
 public:
  std::shared_ptr<Link> Make(bool shared_delivery) override {
    NatsLinkOptions options;
    std::istringstream urls(FromEnvironment("PARLEY_NATS"));
    for (std::string url; std::getline(urls, url, ',');) options.urls.push_back(url);
    if (options.urls.empty()) {
      ADD_FAILURE() << "set PARLEY_NATS to the addresses of real servers: nats://host:port,...";
    }
    options.name = "contract test";
    options.user = FromEnvironment("PARLEY_NATS_USER");
    options.password = FromEnvironment("PARLEY_NATS_PASSWORD");
    options.ca_file = FromEnvironment("PARLEY_NATS_CA");
    options.shared_delivery = shared_delivery;
    return std::make_shared<NatsLink>(std::move(options), log_);
  }

 private:
  NullLogger log_;
};

}  // namespace

std::shared_ptr<LinkSource> MakeLinkSource() { return std::make_shared<RealLinkSource>(); }

}  // namespace parley::bus
