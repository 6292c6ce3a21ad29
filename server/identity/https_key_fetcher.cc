#include "server/identity/https_key_fetcher.h"

#include <curl/curl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <exception>
#include <string_view>
#include <utility>

#include "server/base/free_by.h"
#include "server/base/one_line.h"
#include "server/base/text.h"
#include "server/base/utf8.h"
#include "server/identity/cache_control.h"
#include "server/net/named_file.h"
#include "server/net/tls_material.h"

namespace rowkeeper::identity {
namespace {

using CurlEasy = std::unique_ptr<CURL, FreeBy<&curl_easy_cleanup>>;
using CurlMulti = std::unique_ptr<CURLM, FreeBy<&curl_multi_cleanup>>;
using CurlHeaders = std::unique_ptr<curl_slist, FreeBy<&curl_slist_free_all>>;

constexpr std::string_view kRootsFlag = "--jwt-keys-ca";
constexpr long kHttpOk = 200;
constexpr long kHttpNotModified = 304;
/// Of all heads and trailers of an answer. libcurl keeps each line, and does not limit trailers.
constexpr size_t kMostHeadBytes = 64 * 1024;
constexpr size_t kMostHeadLines = 256;
constexpr size_t kMostCacheControls = 8;
/// A longer tag is not worth sending back.
constexpr size_t kMostTagBytes = 1024;
constexpr size_t kMostProblemBytes = 300;
/// Cancel wakes whoever waits.
constexpr int kPollMilliseconds = 1000;

/// Once for the process; it lasts until its end.
bool StartCurl() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  return started == CURLE_OK;
}

/// OpenSSL writes to connections that the other side has ended.
void BlockSigPipe() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

/// What comes of one answer.
struct Body {
  std::string text;
  size_t most_bytes = 0;
  size_t head_bytes = 0;
  size_t head_lines = 0;
  bool too_large = false;
  bool head_too_large = false;
};

size_t CountHead(char* /*line*/, size_t /*one*/, size_t count, void* into) noexcept {
  Body& body = *static_cast<Body*>(into);
  body.head_bytes += count;
  ++body.head_lines;
  body.head_too_large = body.head_bytes > kMostHeadBytes || body.head_lines > kMostHeadLines;
  return body.head_too_large ? 0 : count;
}

/// No exception may pass through libcurl.
size_t TakeBody(char* data, size_t /*one*/, size_t count, void* into) noexcept {
  Body& body = *static_cast<Body*>(into);
  body.too_large = body.too_large || count > body.most_bytes - body.text.size();
  if (body.too_large) return 0;
  try {
    body.text.append(data, count);
  } catch (const std::exception&) {
    return 0;
  }
  return count;
}

/// No process that is started meanwhile inherits it.
curl_socket_t OpenSocket(void* /*unused*/, curlsocktype /*purpose*/, curl_sockaddr* address) noexcept {
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/// Sets options of a handle, and keeps the first failure.
class Setter {
 public:
  explicit Setter(CURL* easy) : easy_(easy) {}
  template <typename T>
  void operator()(CURLoption option, T value) {
    if (result_ == CURLE_OK) result_ = curl_easy_setopt(easy_, option, value);
  }
  CURLcode result() const { return result_; }

 private:
  CURL* const easy_;
  CURLcode result_ = CURLE_OK;
};

/// A transfer among those of `multi`, from here to there.
class Running {
 public:
  Running(CURLM* multi, CURL* easy) : multi_(multi), easy_(easy), added_(curl_multi_add_handle(multi, easy)) {}
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() {
    if (added_ == CURLM_OK) curl_multi_remove_handle(multi_, easy_);
  }
  bool added() const { return added_ == CURLM_OK; }

 private:
  CURLM* const multi_;
  CURL* const easy_;
  const CURLMcode added_;
};

/// All headers of the name, with commas between them; empty when there are more than `most`.
std::string HeaderValue(CURL* easy, const char* name, size_t most) {
  curl_header* header = nullptr;
  if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK || header->amount > most) return "";
  std::string value = header->value;
  const size_t amount = header->amount;
  for (size_t i = 1; i < amount && curl_easy_header(easy, name, i, CURLH_HEADER, -1, &header) == CURLHE_OK; ++i) {
    value += Cat(", ", std::string_view(header->value));
  }
  return value;
}

/// Whether it can be sent back as it is.
bool IsTag(std::string_view text) {
  return text.size() <= kMostTagBytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

bool IsTlsProblem(CURLcode code) {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_ISSUER_ERROR:
      return true;
    default:
      return false;
  }
}

FetchAnswer FailedFetch(FetchOutcome outcome, std::string_view problem) {
  FetchAnswer answer;
  answer.outcome = outcome;
  answer.problem = ShortenUtf8(OneLine(problem), kMostProblemBytes);
  return answer;
}

std::string StatusProblem(long status) {
  const bool redirects = status >= 300 && status < 400 && status != kHttpNotModified;
  return Cat("the server answered ", status,
             redirects ? ", a redirect, which is not followed; name the place itself" : "");
}

class HttpsKeyFetcher final : public KeyFetcher {
 public:
  HttpsKeyFetcher(HttpsOptions options, CurlMulti multi) : options_(std::move(options)), multi_(std::move(multi)) {}

  FetchAnswer Fetch(const std::string& etag) override;
  void Cancel() override {
    cancelled_.store(true);
    curl_multi_wakeup(multi_.get());
  }

 private:
  CURLcode Configure(CURL* easy, Body* body) const;
  CURLcode ConfigureTls(CURL* easy, const std::string& roots) const;
  /// Until it has ended or is cancelled.
  CURLcode Perform(CURL* easy);
  FetchAnswer Judge(CURL* easy, Body body) const;

  const HttpsOptions options_;
  const CurlMulti multi_;
  std::atomic<bool> cancelled_{false};
};

FetchAnswer HttpsKeyFetcher::Fetch(const std::string& etag) {
  BlockSigPipe();
  std::string roots;
  if (!options_.roots_file.empty()) {
    absl::StatusOr<std::string> read = net::ReadRoots({kRootsFlag, options_.roots_file});
    if (!read.ok()) return FailedFetch(FetchOutcome::kUntrusted, std::string(read.status().message()));
    roots = *std::move(read);
  }
  std::array<char, CURL_ERROR_SIZE> words{};  // this and the next outlive the handle
  Body body;
  body.most_bytes = options_.most_bytes;
  CurlHeaders headers(curl_slist_append(nullptr, "Accept: application/jwk-set+json, application/json"));
  if (!etag.empty() && headers != nullptr) curl_slist_append(headers.get(), Cat("If-None-Match: ", etag).c_str());
  const CurlEasy easy(curl_easy_init());
  if (easy == nullptr || headers == nullptr) {
    return FailedFetch(FetchOutcome::kUnreachable, "there is not enough memory");
  }
  Setter set(easy.get());
  set(CURLOPT_HTTPHEADER, headers.get());
  set(CURLOPT_ERRORBUFFER, words.data());
  CURLcode code = set.result();
  if (code == CURLE_OK) code = Configure(easy.get(), &body);
  if (code == CURLE_OK && options_.url.encrypted) code = ConfigureTls(easy.get(), roots);
  if (code == CURLE_OK) code = Perform(easy.get());
  if (code == CURLE_OK) return Judge(easy.get(), std::move(body));
  if (body.head_too_large) return FailedFetch(FetchOutcome::kTooLarge, "the answer has too many or too long headers");
  if (body.too_large || code == CURLE_FILESIZE_EXCEEDED) {
    return FailedFetch(FetchOutcome::kTooLarge, Cat("the answer has more than ", options_.most_bytes, " bytes"));
  }
  const std::string_view told = words.data();
  return FailedFetch(IsTlsProblem(code) ? FetchOutcome::kUntrusted : FetchOutcome::kUnreachable,
                     told.empty() ? curl_easy_strerror(code) : told);
}

CURLcode HttpsKeyFetcher::Configure(CURL* easy, Body* body) const {
  Setter set(easy);
  set(CURLOPT_URL, options_.url.text.c_str());
  set(CURLOPT_PROTOCOLS_STR, options_.url.encrypted ? "https" : "http");
  set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  set(CURLOPT_USERAGENT, "rowkeeper");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  set(CURLOPT_PROXY, "");
  // Nothing is kept from one fetch to the next.
  set(CURLOPT_FRESH_CONNECT, 1L);
  set(CURLOPT_FORBID_REUSE, 1L);
  set(CURLOPT_DNS_CACHE_TIMEOUT, 0L);
  set(CURLOPT_OPENSOCKETFUNCTION, &OpenSocket);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_limit.count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(options_.limit.count()));
  set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(options_.most_bytes));
  set(CURLOPT_WRITEFUNCTION, &TakeBody);
  set(CURLOPT_WRITEDATA, static_cast<void*>(body));
  set(CURLOPT_HEADERFUNCTION, &CountHead);
  set(CURLOPT_HEADERDATA, static_cast<void*>(body));
  // A name that nobody resolves must not hold up the end of the server.
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);
  return set.result();
}

CURLcode HttpsKeyFetcher::ConfigureTls(CURL* easy, const std::string& roots) const {
  Setter set(easy);
  set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSL_SESSIONID_CACHE, 0L);
  set(CURLOPT_CA_CACHE_TIMEOUT, 0L);
  if (roots.empty()) return set.result();
  curl_blob blob{const_cast<char*>(roots.data()), roots.size(), CURL_BLOB_COPY};
  // Holds no certificate; where there is no path, some versions of libcurl take the system's.
  const char* const nobody = "/dev/null";
  set(CURLOPT_CAPATH, nobody);
  set(CURLOPT_CAINFO_BLOB, &blob);
  return set.result();
}

CURLcode HttpsKeyFetcher::Perform(CURL* easy) {
  CURLM* const multi = multi_.get();
  const Running running(multi, easy);
  if (!running.added()) return CURLE_FAILED_INIT;
  for (int left = 1; left > 0;) {
    if (cancelled_.load() || curl_multi_perform(multi, &left) != CURLM_OK) return CURLE_ABORTED_BY_CALLBACK;
    if (left > 0 && curl_multi_poll(multi, nullptr, 0, kPollMilliseconds, nullptr) != CURLM_OK) {
      return CURLE_ABORTED_BY_CALLBACK;
    }
  }
  int waiting = 0;
  const CURLMsg* const message = curl_multi_info_read(multi, &waiting);
  return message != nullptr && message->msg == CURLMSG_DONE ? message->data.result : CURLE_FAILED_INIT;
}

FetchAnswer HttpsKeyFetcher::Judge(CURL* easy, Body body) const {
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  if (status != kHttpOk && status != kHttpNotModified)
    return FailedFetch(FetchOutcome::kRefused, StatusProblem(status));
  FetchAnswer answer;
  answer.outcome = status == kHttpOk ? FetchOutcome::kFetched : FetchOutcome::kUnchanged;
  answer.fresh = FreshFor(HeaderValue(easy, "Cache-Control", kMostCacheControls), HeaderValue(easy, "Age", 1));
  if (status == kHttpNotModified) return answer;
  answer.text = std::move(body.text);
  answer.etag = HeaderValue(easy, "ETag", 1);
  if (!IsTag(answer.etag)) answer.etag.clear();
  return answer;
}

}  // namespace

absl::StatusOr<std::unique_ptr<KeyFetcher>> OpenHttpsKeyFetcher(HttpsOptions options) {
  if (!options.roots_file.empty()) {
    const absl::StatusOr<std::string> roots = net::ReadRoots({kRootsFlag, options.roots_file});
    if (!roots.ok()) return roots.status();
  }
  CurlMulti multi(StartCurl() ? curl_multi_init() : nullptr);
  if (multi == nullptr) return absl::ResourceExhaustedError("--jwt-keys: libcurl cannot be started");
  return std::make_unique<HttpsKeyFetcher>(std::move(options), std::move(multi));
}

}  // namespace rowkeeper::identity
