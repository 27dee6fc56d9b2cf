#include "storage/memory/fake_store.h"

namespace parley::storage::memory {

void FakeStore::Stop() {
  controls_.ReleaseCommits();
  controls_.ReleaseReads();
  conversations_.Stop();
}

}  // namespace parley::storage::memory
