#include "http/landing_page.h"

namespace parley::http {
namespace {

constexpr const char* kPage = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Parley</title>
</head>
<body>
<h1>Parley is running</h1>
<p>This is a Parley server. Talk from a terminal:</p>
<pre>
parley register ann                  # make an account
parley new bo                        # start a conversation with bo
parley send @bo "Hello, Bo"          # say something
parley tail                          # see what comes in, live
</pre>
<p>If the server is not at <code>http://127.0.0.1:8080</code>, add <code>--server</code> and its address.
<code>parley --help</code> lists the rest.</p>
<p>Programs use the interface under <code>/v1</code>: <a href="/docs">its reference</a>.</p>
</body>
</html>
)";

}  // namespace

net::HttpResponse LandingPage() {
  return {200,
          {{"Content-Type", "text/html; charset=utf-8"},
           {"Content-Security-Policy",
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
           {"Referrer-Policy", "no-referrer"}},
          kPage};
}

}  // namespace parley::http
