#include "fuzz/world.h"

#include "auth/token.h"
#include "fuzz/check.h"

namespace parley::fuzz {

World::World() {
  const auto hash = backend.Run(hasher.Hash("correct horse"));
  FUZZ_CHECK(hash.ok());
  for (const UserId user : {ann, bob}) {
    FUZZ_CHECK(backend.Run(backend.store().accounts().SetPasswordHash(user, *hash)).ok());
  }
  Session session;
  session.id = SessionId(ann.uuid());
  session.user = ann;
  session.token_hash = auth::ParseToken(auth::TokenKind::kSession, kToken).value();
  session.created_at = backend.clock().Now();
  session.last_used_at = session.created_at;
  FUZZ_CHECK(backend.Run(backend.store().accounts().CreateSession(session)).ok());

  shared = Group(ann, bob, 1);
  foreign = Group(bob, backend.Person("cyd"), 2);
  backend.Do(bob, foreign, backend.Text(std::string(kSecret)));
  backend.Do(bob, shared, backend.Text("hello"));
}

ConversationId World::Group(UserId creator, UserId other, std::uint8_t number) {
  chat::CreateRequest request;
  request.member_ids = {other};
  request.title = "group";
  request.client_id = ClientId(Uuid({number}));
  const auto created = backend.Run(backend.chat().Create(creator, std::move(request)));
  FUZZ_CHECK(created.ok());
  return created->first.snapshot->info.id;
}

bool World::Leaks(std::string_view shown, std::string_view input) {
  return shown.find(kSecret) != std::string_view::npos &&
         input.find(kSecret) == std::string_view::npos;
}

}  // namespace parley::fuzz
