#pragma once

#include "net/http.h"

namespace parley::http {

/// What a person sees who opens the server's address in a browser: that it runs, and how to use it.
net::HttpResponse LandingPage();

}  // namespace parley::http
