#include "client/http_client.h"

#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <utility>

#include <curl/curl.h>
#include <fmt/format.h>

namespace parley::client {
namespace {

constexpr std::size_t kMaxBodyBytes = std::size_t{16} * 1024 * 1024;
constexpr std::chrono::milliseconds kConnectTimeout{5'000};
constexpr char kUserAgent[] = "parley/" PARLEY_VERSION;

void InitializeCurlOnce() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

/// Returning less than was given makes libcurl end the transfer.
std::size_t AppendBody(char* data, std::size_t /*one*/, std::size_t size, void* body) {
  auto& text = *static_cast<std::string*>(body);
  if (text.size() + size > kMaxBodyBytes) return 0;
  text.append(data, size);
  return size;
}

int CheckAborted(void* aborted, curl_off_t /*total*/, curl_off_t /*now*/, curl_off_t /*up_total*/,
                 curl_off_t /*up_now*/) {
  return static_cast<std::atomic<bool>*>(aborted)->load() ? 1 : 0;
}

class HeaderList {
 public:
  ~HeaderList() { curl_slist_free_all(list_); }
  HeaderList() = default;
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  void Add(const std::string& header) { list_ = curl_slist_append(list_, header.c_str()); }
  curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

/// Why a transfer failed, in the shortest words that there are.
std::string ReasonOf(CURL* curl, CURLcode code, const char* detail) {
  long os_error = 0;
  if (code == CURLE_COULDNT_CONNECT) curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &os_error);
  if (os_error != 0) return std::strerror(static_cast<int>(os_error));
  return *detail != '\0' ? detail : curl_easy_strerror(code);
}

Status TransferStatus(CURLcode code, const std::string& reason, const ServerUrl& server) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
      return Unavailable(fmt::format("cannot reach {}: {}", server.ToString(), reason));
    case CURLE_OPERATION_TIMEDOUT:
      return Status(StatusCode::kDeadlineExceeded,
                    fmt::format("{} did not answer in time", server.ToString()));
    case CURLE_ABORTED_BY_CALLBACK:
      return Status(StatusCode::kCancelled, "given up");
    case CURLE_WRITE_ERROR:
      return TooLarge("the server's answer is too large");
    default:
      return Status(StatusCode::kUnknown,
                    fmt::format("the connection to {} broke before the answer: {}",
                                server.ToString(), reason));
  }
}

/// OpenSSL's own variable, which the WebSocket follows too, for servers with a certificate of their
/// own making.
void SetAuthorities(CURL* curl) {
  const char* file = std::getenv("SSL_CERT_FILE");
  if (file != nullptr && *file != '\0') curl_easy_setopt(curl, CURLOPT_CAINFO, file);
}

void SetMethod(CURL* curl, const HttpRequest& request) {
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.c_str());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
  }
}

}  // namespace

struct CurlHttpClient::Handle {
  CURL* curl = curl_easy_init();
  ~Handle() { curl_easy_cleanup(curl); }
};

CurlHttpClient::CurlHttpClient(ServerUrl server, std::string token)
    : server_(std::move(server)), token_(std::move(token)) {
  InitializeCurlOnce();
  handle_ = std::make_unique<Handle>();
}

CurlHttpClient::~CurlHttpClient() = default;

Result<HttpResponse> CurlHttpClient::Do(const HttpRequest& request) {
  CURL* curl = handle_->curl;
  if (curl == nullptr) return Internal("libcurl cannot be used");
  // Keeps the open connection, forgets the options.
  curl_easy_reset(curl);

  HttpResponse response;
  std::array<char, CURL_ERROR_SIZE> detail{};
  const std::string url = server_.ToString() + request.target;
  HeaderList headers;
  headers.Add("Accept: application/json");
  headers.Add("Expect:");
  if (!request.body.empty()) headers.Add("Content-Type: application/json");
  if (!token_.empty()) headers.Add("Authorization: Bearer " + token_);

  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, kUserAgent);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail.data());
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(kConnectTimeout.count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, AppendBody);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &response.body);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, CheckAborted);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &aborted_);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  SetMethod(curl, request);
  SetAuthorities(curl);

  const CURLcode code = curl_easy_perform(curl);
  if (code != CURLE_OK) return TransferStatus(code, ReasonOf(curl, code, detail.data()), server_);
  long status = 0;
  curl_off_t retry_after = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry_after);
  response.status = static_cast<int>(status);
  if (retry_after > 0) response.retry_after = std::chrono::seconds(retry_after);
  return response;
}

}  // namespace parley::client
