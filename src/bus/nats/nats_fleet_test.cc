#include "bus/nats/nats_fleet.h"

#include <utility>

#include "bus/nats/link_source.h"
#include "bus/testing/fleet_contract.h"

namespace parley::bus {
namespace {

using std::chrono::milliseconds;

NodeId Numbered(int number) {
  Uuid::Bytes bytes{};
  bytes.back() = static_cast<std::uint8_t>(number + 1);
  return NodeId(Uuid(bytes));
}

/// A process, as far as its fleet goes.
struct Process {
  Process(std::shared_ptr<LinkSource> from, int number)
      : source(std::move(from)),
        link(source->Make()),
        fleet(Numbered(number), *link,
              {.prefix = source->prefix(), .name = "node " + std::to_string(number)}, clock, log) {
    StartAndWait(*link);
  }
  ~Process() {
    fleet.Stop();
    link->Close();
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  const std::shared_ptr<LinkSource> source;
  const std::shared_ptr<Link> link;
  SystemClock clock;
  NullLogger log;
  NatsFleet fleet;
};

INSTANTIATE_TEST_SUITE_P(Nats, FleetContract,
                         testing::Values(FleetFactory{
                             "nats", [](int nodes) {
                               const auto source = MakeLinkSource();
                               std::vector<std::shared_ptr<Fleet>> fleets;
                               fleets.reserve(static_cast<std::size_t>(nodes));
                               for (int i = 0; i < nodes; ++i) {
                                 auto process = std::make_shared<Process>(source, i);
                                 fleets.emplace_back(process, &process->fleet);
                               }
                               return fleets;
                             }}));

}  // namespace
}  // namespace parley::bus
