#include <google/protobuf/stubs/common.h>
#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <string>

#include "server/app/build_info.h"
#include "server/app/command_line.h"
#include "server/app/commands.h"
#include "server/base/text.h"
#include "server/db/connection.h"

namespace rowkeeper::app {

void AddVersionCommand(CLI::App* root, Command* command) {
  CLI::App* version = root->add_subcommand("version", "Print the version of rowkeeper and of what it is built on");
  version->footer("Example:\n  rowkeeper version");
  version->callback([command] {
    *command = [] {
      std::string build(BuildVersion());
      if (!BuildCommit().empty()) build += Cat(" (", BuildCommit(), ")");
      std::printf("rowkeeper %s\ngRPC %s\nprotobuf %s\n%s\n", build.c_str(), grpc::Version().c_str(),
                  google::protobuf::internal::VersionString(GOOGLE_PROTOBUF_VERSION).c_str(),
                  db::DriverVersion().c_str());
      return kExitOk;
    };
  });
}

}  // namespace rowkeeper::app
