#pragma once

#include <span>

#include "http/router.h"

namespace parley::http {

// The calls of the interface, by subject; each table is in a file of its own name.

std::span<const Route> ServerRoutes();         ///< /v1/server
std::span<const Route> AccountsRoutes();       ///< /v1/accounts, /v1/password-resets
std::span<const Route> InvitationsRoutes();    ///< /v1/invitations, /v1/invites
std::span<const Route> AdminRoutes();          ///< /v1/admin, all but
std::span<const Route> AdminPeopleRoutes();    ///< /v1/admin/people
std::span<const Route> SessionsRoutes();       ///< /v1/sessions
std::span<const Route> UsersRoutes();          ///< /v1/users
std::span<const Route> ConversationsRoutes();  ///< /v1/conversations
std::span<const Route> MembersRoutes();        ///< …/members
std::span<const Route> MessagesRoutes();       ///< …/messages, …/changes, …/read
std::span<const Route> DocsRoutes();           ///< /docs
std::span<const Route> WebSocketRoutes();  ///< /v1/ws, for who does not ask for a WebSocket there
std::span<const Route> WebRoutes();  ///< the web app: /, its files, and every path that is its own

}  // namespace parley::http
