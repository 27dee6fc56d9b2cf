#include "bus/nats/fake_nats.h"
#include "bus/nats/link_source.h"

namespace parley::bus {
namespace {

class FakeLinkSource : public LinkSource {
 public:
  std::shared_ptr<Link> Make() override { return nats_.Connect(); }
  void CutOff(const Link& link) override { nats_.CutOff(link); }
  void Restore(const Link& link) override { nats_.Restore(link); }

 private:
  FakeNats nats_;
};

}  // namespace

std::shared_ptr<LinkSource> MakeLinkSource() { return std::make_shared<FakeLinkSource>(); }

}  // namespace parley::bus
