#include "bus/local/local_bus.h"

#include <utility>

#include "bus/testing/bus_contract.h"

namespace parley::bus {
namespace {

INSTANTIATE_TEST_SUITE_P(Local, BusContract,
                         testing::Values(BusFactory{
                             "local", [](std::vector<runtime::Shard*> shards) {
                               return std::make_unique<LocalBus>(std::move(shards));
                             }}));

}  // namespace
}  // namespace parley::bus
