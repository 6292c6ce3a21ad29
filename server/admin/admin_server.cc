#include "server/admin/admin_server.h"

#include <microhttpd.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <new>
#include <string_view>
#include <utility>

#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/observe/log.h"

namespace rowkeeper::admin {
namespace {

using std::chrono::steady_clock;

constexpr char kPlainText[] = "text/plain; charset=utf-8";
constexpr char kOtherPath[] = "_OTHER";
constexpr int kContentTooLarge = 413;
constexpr int kMisdirected = 421;
constexpr char kPost[] = "POST";

/// A look at the clock now and then costs nothing and bounds every wait.
constexpr std::chrono::milliseconds kLongestPause{1000};
/// While no connection can be accepted for want of descriptors or memory.
constexpr std::chrono::milliseconds kExhaustedPause{100};

using Headers = std::vector<std::pair<std::string, std::string>>;

/// The body of a form, as it comes.
struct Upload {
  std::array<char, kMostFormBytes> bytes{};
  size_t size = 0;
  bool is_too_large = false;

  void Add(const char* more, size_t count) {
    is_too_large = is_too_large || count > bytes.size() - size;
    if (is_too_large) return;
    std::copy_n(more, count, bytes.data() + size);
    size += count;
  }
};

/// What was sent, or why it is refused.
struct FormRead {
  PageAnswer refusal;
  Submission sent;
};

bool Answer(MHD_Connection* connection, const PageAnswer& answer, const std::string& content_type,
            const Headers& headers) {
  MHD_Response* response =
      MHD_create_response_from_buffer(answer.body.size(), const_cast<char*>(answer.body.data()), MHD_RESPMEM_MUST_COPY);
  if (response == nullptr) return false;
  const auto add = [response](const char* name, const char* value) { MHD_add_response_header(response, name, value); };
  add(MHD_HTTP_HEADER_CONTENT_TYPE, content_type.c_str());
  add(MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
  add("X-Content-Type-Options", "nosniff");
  add(MHD_HTTP_HEADER_CONNECTION, "close");
  for (const auto& [name, value] : headers) add(name.c_str(), value.c_str());
  const MHD_Result result = MHD_queue_response(connection, static_cast<unsigned>(answer.status), response);
  MHD_destroy_response(response);
  return result == MHD_YES;
}

bool IsReading(std::string_view method) { return method == MHD_HTTP_METHOD_GET || method == MHD_HTTP_METHOD_HEAD; }

std::string_view Header(MHD_Connection* connection, const char* name) {
  const char* value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
  return value == nullptr ? "" : value;
}

bool HasBody(MHD_Connection* connection) {
  const std::string_view length = Header(connection, MHD_HTTP_HEADER_CONTENT_LENGTH);
  return !Header(connection, MHD_HTTP_HEADER_TRANSFER_ENCODING).empty() || (!length.empty() && length != "0");
}

const sockaddr* PeerOf(MHD_Connection* connection) {
  const MHD_ConnectionInfo* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  return info == nullptr ? nullptr : info->client_addr;
}

/// Of a page that not everybody may read; status 200: this one may.
PageAnswer Admit(MHD_Connection* connection, const Page& page) {
  if (page.audience == Audience::kAnyone) return {};
  const PeerPlace place = PlaceOf(PeerOf(connection));
  if (place == PeerPlace::kElsewhere) {
    return {MHD_HTTP_FORBIDDEN, "this page is for this machine alone; open it there, or through an SSH tunnel\n"};
  }
  if (place == PeerPlace::kThisMachine && !MayNameThisMachine(Header(connection, MHD_HTTP_HEADER_HOST))) {
    return {kMisdirected,
            "the header Host names another machine; open this page as localhost or by its IP address, so that no other "
            "web site can read it through your browser\n"};
  }
  return {};
}

/// Of a form, before its body has come; status 200: it may come.
PageAnswer AdmitForm(MHD_Connection* connection, const Page& page) {
  PageAnswer refusal = Admit(connection, page);
  if (refusal.status != MHD_HTTP_OK) return refusal;
  if (!MayBeOwnForm({Header(connection, "Sec-Fetch-Site"), Header(connection, "Origin"),
                     Header(connection, MHD_HTTP_HEADER_HOST)})) {
    return {MHD_HTTP_FORBIDDEN, "the form was sent from a page of another web site\n"};
  }
  if (!IsFormType(Header(connection, MHD_HTTP_HEADER_CONTENT_TYPE))) {
    return {MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, Cat("send a form: Content-Type is ", kFormType, "\n")};
  }
  const std::string_view length = Header(connection, MHD_HTTP_HEADER_CONTENT_LENGTH);
  if (length.size() > std::to_string(kMostFormBytes).size()) return {kContentTooLarge, "the form is too large\n"};
  return {};
}

FormRead ReadForm(MHD_Connection* connection, const Upload& upload) {
  if (upload.is_too_large) return {{kContentTooLarge, "the form is too large\n"}, {}};
  auto fields = ParseForm(std::string_view(upload.bytes.data(), upload.size));
  if (!fields.has_value()) return {{MHD_HTTP_BAD_REQUEST, "the form cannot be read\n"}, {}};
  return {{}, {*std::move(fields), PeerText(PeerOf(connection))}};
}

std::string PathList(const std::vector<Page>& pages) {
  std::string paths;
  for (const Page& page : pages) paths += Cat(paths.empty() ? "" : ", ", page.path);
  return paths;
}

/// Of a request that no page answers.
PageAnswer Refusal(MHD_Connection* connection, std::string_view method, const std::vector<Page>& pages) {
  if (!IsReading(method)) return {MHD_HTTP_METHOD_NOT_ALLOWED, "pages are read with GET or HEAD\n"};
  if (HasBody(connection)) return {kContentTooLarge, "requests for pages have no body\n"};
  return {MHD_HTTP_NOT_FOUND, Cat("there is no such page; there are ", PathList(pages), "\n")};
}

}  // namespace

/// What libmicrohttpd calls, on its thread.
struct AdminServer::Callbacks {
  static MHD_Result OnRequest(void* self, MHD_Connection* connection, const char* path, const char* method,
                              const char* /*version*/, const char* body, size_t* body_size, void** state) {
    auto& server = *static_cast<AdminServer*>(self);
    const auto& pages = server.pages_;
    const auto found = std::find_if(pages.begin(), pages.end(), [path](const Page& item) { return item.path == path; });
    const Page* const page = found == pages.end() ? nullptr : &*found;
    if (page != nullptr && page->submit != nullptr && std::string_view(method) == kPost) {
      return server.OnForm(connection, *page, {body, body_size, state}) ? MHD_YES : MHD_NO;
    }
    const bool unfit = page == nullptr || !IsReading(method) || HasBody(connection);
    PageAnswer answer = unfit ? Refusal(connection, method, pages) : Admit(connection, *page);
    const bool refused = answer.status != MHD_HTTP_OK;
    if (!refused) answer = server.Render(*page, page->render);
    const bool sent = server.Reply(connection, page, answer, refused ? Writer::kListener : Writer::kPage);
    return sent ? MHD_YES : MHD_NO;
  }

  static void OnCompleted(void* /*self*/, MHD_Connection* /*connection*/, void** state,
                          MHD_RequestTerminationCode /*code*/) {
    delete static_cast<Upload*>(std::exchange(*state, nullptr));
  }

  static void OnConnection(void* self, MHD_Connection* connection, void** /*state*/,
                           MHD_ConnectionNotificationCode code) {
    if (code != MHD_CONNECTION_NOTIFY_CLOSED) return;
    const MHD_ConnectionInfo* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (info != nullptr) static_cast<AdminServer*>(self)->connections_.Remove(info->connect_fd);
  }
};

/// Called when the headers are there, with each part of the body, and once more at its end.
bool AdminServer::OnForm(MHD_Connection* connection, const Page& page, const BodyPart& part) {
  if (*part.state == nullptr) {
    const PageAnswer refusal = AdmitForm(connection, page);
    if (refusal.status != MHD_HTTP_OK) return Reply(connection, &page, refusal, Writer::kListener);
    *part.state = new (std::nothrow) Upload;
    return *part.state != nullptr;
  }
  auto& upload = *static_cast<Upload*>(*part.state);
  if (*part.size > 0) {
    upload.Add(part.bytes, std::exchange(*part.size, 0));
    return true;
  }
  const FormRead form = ReadForm(connection, upload);
  if (form.refusal.status != MHD_HTTP_OK) return Reply(connection, &page, form.refusal, Writer::kListener);
  return Reply(connection, &page, Render(page, [&] { return page.submit(form.sent); }), Writer::kPage);
}

/// Counts and sends it. `page` is null for a path that there is not.
bool AdminServer::Reply(MHD_Connection* connection, const Page* page, const PageAnswer& answer, Writer writer) {
  Count(page == nullptr ? kOtherPath : page->path, answer.status);
  const MHD_ConnectionInfo* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  if (info != nullptr) connections_.NoteAnswer(info->connect_fd);
  if (answer.status == MHD_HTTP_METHOD_NOT_ALLOWED) {
    const bool takes_forms = page != nullptr && page->submit != nullptr;
    return Answer(connection, answer, kPlainText,
                  {{MHD_HTTP_HEADER_ALLOW, takes_forms ? "GET, HEAD, POST" : "GET, HEAD"}});
  }
  const bool failed = answer.status == MHD_HTTP_INTERNAL_SERVER_ERROR;
  const bool own_type = page != nullptr && writer == Writer::kPage && !failed;
  return Answer(connection, answer, own_type ? page->content_type : kPlainText,
                page != nullptr && writer == Writer::kPage ? page->headers : Headers());
}

void AdminServer::StopDaemon::operator()(MHD_Daemon* daemon) const { MHD_stop_daemon(daemon); }

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(const ListenAddress& address, std::vector<Page> pages,
                                                                const AdminOptions& options) {
  absl::StatusOr<Listener> listener = Listen(address);
  if (!listener.ok()) return listener.status();
  std::unique_ptr<AdminServer> server(new AdminServer(*std::move(listener), std::move(pages), options));
  if (absl::Status status = server->StartDaemon(options); !status.ok()) return status;
  return server;
}

AdminServer::AdminServer(Listener listener, std::vector<Page> pages, const AdminOptions& options)
    : listener_(std::move(listener)),
      pages_(std::move(pages)),
      connections_(static_cast<size_t>(options.max_connections), options.request_limit),
      stop_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

absl::Status AdminServer::StartDaemon(const AdminOptions& options) {
  // A place more than is ever taken: connections that just ended are counted for a moment longer.
  const auto limit = static_cast<unsigned>(options.max_connections) + 1;
  const auto seconds = static_cast<unsigned>(options.request_limit.count() / 1000 + 1);
  daemon_.reset(MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ITC, 0, nullptr,
                                 nullptr, &Callbacks::OnRequest, this, MHD_OPTION_NOTIFY_CONNECTION,
                                 &Callbacks::OnConnection, this, MHD_OPTION_NOTIFY_COMPLETED, &Callbacks::OnCompleted,
                                 this, MHD_OPTION_CONNECTION_LIMIT, limit, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                                 options.max_header_bytes, MHD_OPTION_CONNECTION_TIMEOUT, seconds, MHD_OPTION_END));
  if (daemon_ == nullptr || !stop_.valid()) {
    return CannotListen(listener_.address.text, "the HTTP listener cannot start; is memory or a descriptor missing?");
  }
  acceptor_ = std::thread([this] { AcceptLoop(); });
  return absl::OkStatus();
}

AdminServer::~AdminServer() {
  if (acceptor_.joinable()) {
    const uint64_t one = 1;
    if (write(stop_.get(), &one, sizeof(one)) != sizeof(one)) std::terminate();  // an eventfd takes it
    acceptor_.join();
  }
  daemon_.reset();
  if (listener_.address.is_unix()) unlink(listener_.address.unix_path().c_str());
}

void AdminServer::AcceptLoop() {
  for (;;) {
    const auto now = steady_clock::now();
    const auto next = std::min(connections_.EndLate(now), now + kLongestPause);
    const auto pause = std::chrono::ceil<std::chrono::milliseconds>(next - now);
    pollfd polled[] = {{listener_.socket.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}};
    if (poll(polled, 2, static_cast<int>(pause.count())) < 0 && errno != EINTR) return;
    if (polled[1].revents != 0) return;
    if ((polled[0].revents & POLLIN) != 0) AcceptOne();
  }
}

void AdminServer::AcceptOne() {
  if (!connections_.MakeRoom()) return;
  sockaddr_storage peer{};
  socklen_t size = sizeof(peer);
  FileDescriptor socket(
      accept4(listener_.socket.get(), reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!socket.valid() || !connections_.Add(socket.get(), steady_clock::now())) {
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      connections_.NoteRefusal(AdminLimit::kOpenFiles);
      std::this_thread::sleep_for(kExhaustedPause);
    }
    return;
  }
  const int number = socket.get();
  const MHD_Result added =
      MHD_add_connection(daemon_.get(), socket.Release(), reinterpret_cast<const sockaddr*>(&peer), size);
  if (added != MHD_YES) connections_.Remove(number);
}

void AdminServer::Count(const std::string& path, int status) {
  const absl::MutexLock lock(&mutex_);
  ++requests_[{path, status}];
}

AdminStats AdminServer::stats() const {
  AdminStats stats;
  stats.connections = connections_.size();
  for (size_t i = 0; i < kAdminLimits; ++i) stats.refused[i] = connections_.refused(static_cast<AdminLimit>(i));
  const absl::MutexLock lock(&mutex_);
  for (const auto& [answered, count] : requests_) stats.requests.push_back({answered.first, answered.second, count});
  return stats;
}

/// Rendering is plain code of ours, but a failed allocation must not end the process from within a C library.
PageAnswer AdminServer::Render(const Page& page, const std::function<PageAnswer()>& make) const {
  try {
    return make();
  } catch (const std::exception& error) {
    observe::Log(observe::LogLevel::kError, "a page of the admin listener failed",
                 {{"path", page.path}, {"problem", error.what()}});
  }
  return {MHD_HTTP_INTERNAL_SERVER_ERROR, "the page cannot be made; the log says why\n"};
}

}  // namespace rowkeeper::admin
