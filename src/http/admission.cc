#include "http/admission.h"

namespace parley::http {

using limits::Action;

Status AdmitAddress(const Api& api, const Request& request, Action action) {
  if (api.to.rates == nullptr) return Status::Ok();
  return api.to.rates->Admit(request.client, action);
}

Status AdmitCaller(const Api& api, const Request& request, Action action, std::size_t cost) {
  if (api.to.rates == nullptr) return Status::Ok();
  return api.to.rates->Admit(request.caller.user, action, cost);
}

Status AdmitStranger(const Api& api, const Request& request, const Status& failed) {
  // What the server could not look up is nobody's fault.
  if (failed.code() != StatusCode::kUnauthenticated &&
      failed.code() != StatusCode::kPermissionDenied) {
    return failed;
  }
  PARLEY_TRY(AdmitAddress(api, request, Action::kAnonymous));
  if (request.credential != CredentialKind::kNone &&
      failed.code() == StatusCode::kUnauthenticated) {
    PARLEY_TRY(AdmitAddress(api, request, Action::kFailedToken));
  }
  return failed;
}

}  // namespace parley::http
