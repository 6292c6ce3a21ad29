// Gives a project to another user. The notice to the new owner is welcome, not needed: when it fails, its savepoint
// undoes it alone.
//
//   transfer_ownership localhost:50051 getting-started member@example.com

#include <rowkeeper/client/channel.h>
#include <rowkeeper/client/error_details.h>
#include <rowkeeper/client/run_in_unit_of_work.h>
#include <rowkeeper/client/savepoint.h>

#include <iostream>

#include "failure.h"
#include "tracker/v1/conversation.grpc.pb.h"
#include "tracker/v1/project.grpc.pb.h"
#include "tracker/v1/project_user.grpc.pb.h"
#include "tracker/v1/user.grpc.pb.h"

namespace {

using rowkeeper::client::Savepoint;
using rowkeeper::client::UnitOfWork;
using tracker::v1::Project;
using Conversations = tracker::v1::ConversationRepository::Stub;
using Members = tracker::v1::ProjectUserRepository::Stub;
using Projects = tracker::v1::ProjectRepository::Stub;
using Users = tracker::v1::UserRepository::Stub;

struct Repositories {
  explicit Repositories(const std::shared_ptr<grpc::Channel>& channel)
      : conversations(channel), members(channel), projects(channel), users(channel) {}
  Conversations conversations;
  Members members;
  Projects projects;
  Users users;
};

/// The database refuses a second membership, and the savepoint makes the unit well again.
absl::Status EnsureMember(UnitOfWork& unit, Repositories& repositories, const Project& project) {
  absl::StatusOr<Savepoint> savepoint = Savepoint::Begin(unit, "membership");
  if (!savepoint.ok()) return savepoint.status();
  tracker::v1::CreateProjectUserRequest request;
  request.mutable_project_user()->set_project_id(project.id());
  request.mutable_project_user()->set_user_id(project.owner_id());
  request.mutable_project_user()->set_allocation(1);
  const auto member = unit.Call(&Members::Create, repositories.members, request);
  if (member.ok()) return savepoint->Release();
  return absl::IsAlreadyExists(member.status()) ? savepoint->Rollback() : member.status();
}

absl::Status NotifyNewOwner(UnitOfWork& unit, Repositories& repositories, const Project& project) {
  absl::StatusOr<Savepoint> savepoint = Savepoint::Begin(unit, "notice");
  if (!savepoint.ok()) return savepoint.status();
  tracker::v1::CreateConversationRequest request;
  request.mutable_conversation()->set_owner_id(project.owner_id());
  request.mutable_conversation()->set_subject(project.name() + " is yours now");
  const auto notice = unit.Call(&Conversations::Create, repositories.conversations, request);
  return notice.ok() ? savepoint->Release() : notice.status();
}

struct Outcome {
  Project project;
  /// Why there is no notice; OK when there is one.
  absl::Status notice;
};

absl::StatusOr<Outcome> TransferOwnership(UnitOfWork& unit, Repositories& repositories, const std::string& slug,
                                          const std::string& email) {
  tracker::v1::GetUserByEmailRequest get_user;
  get_user.set_email(email);
  auto user = unit.Call(&Users::GetByEmail, repositories.users, get_user);
  if (!user.ok()) return user.status();
  tracker::v1::GetProjectBySlugRequest get_project;
  get_project.set_slug(slug);
  auto project = unit.Call(&Projects::GetBySlug, repositories.projects, get_project);
  if (!project.ok()) return project.status();

  tracker::v1::UpdateProjectRequest update;
  update.mutable_project()->set_id(project->id());
  update.mutable_project()->set_owner_id(user->id());
  update.mutable_project()->set_version(project->version());  // nobody else has changed it since
  update.mutable_update_mask()->add_paths("owner_id");
  project = unit.Call(&Projects::Update, repositories.projects, update);
  if (!project.ok()) return project.status();

  absl::Status member = EnsureMember(unit, repositories, *project);
  if (!member.ok()) return member;
  return Outcome{*project, NotifyNewOwner(unit, repositories, *project)};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) example::Usage("usage: transfer_ownership ADDRESS PROJECT_SLUG NEW_OWNER_EMAIL");
  const auto channel = rowkeeper::client::MakeChannel(argv[1]);
  Repositories repositories(channel);

  rowkeeper::client::RunOptions options;
  options.unit.label = "transfer_ownership";
  // The version is read in the unit, so running all of it again is the right answer to a change by somebody else.
  options.rerun_on.push_back(rowkeeper::client::reason::kVersionMismatch);
  const auto outcome = rowkeeper::client::RunInUnitOfWork(
      channel, options, [&](UnitOfWork& unit) { return TransferOwnership(unit, repositories, argv[2], argv[3]); });
  if (!outcome.ok()) {
    std::cerr << example::Explain(outcome.status(), "changed");
    return 1;
  }
  std::cout << outcome->project.name() << " belongs to " << argv[3] << "\n";
  if (!outcome->notice.ok()) std::cout << "without a notice: " << outcome->notice.message() << "\n";
  return 0;
}
