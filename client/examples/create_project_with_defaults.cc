// Creates a project with its default board and three columns: all of them or nothing. The ids that the database makes
// come back before Commit.
//
//   create_project_with_defaults localhost:50051 "Moon base" admin@example.com

#include <rowkeeper/client/channel.h>
#include <rowkeeper/client/run_in_unit_of_work.h>

#include <cctype>
#include <iostream>

#include "failure.h"
#include "tracker/v1/board_column.grpc.pb.h"
#include "tracker/v1/project.grpc.pb.h"
#include "tracker/v1/task_board.grpc.pb.h"
#include "tracker/v1/user.grpc.pb.h"

namespace {

using rowkeeper::client::UnitOfWork;
using tracker::v1::Project;
using tracker::v1::TaskBoard;
using Boards = tracker::v1::TaskBoardRepository::Stub;
using Columns = tracker::v1::BoardColumnRepository::Stub;
using Projects = tracker::v1::ProjectRepository::Stub;
using Users = tracker::v1::UserRepository::Stub;

class ProjectService {
 public:
  explicit ProjectService(const std::shared_ptr<grpc::Channel>& channel)
      : channel_(channel), boards_(channel), columns_(channel), projects_(channel), users_(channel) {}

  absl::StatusOr<Project> CreateProjectWithDefaults(const std::string& name, const std::string& email) {
    rowkeeper::client::RunOptions options;
    options.unit.label = "create_project_with_defaults";
    return rowkeeper::client::RunInUnitOfWork(channel_, options, [&](UnitOfWork& unit) -> absl::StatusOr<Project> {
      absl::StatusOr<Project> project = CreateProject(unit, name, email);
      if (!project.ok()) return project.status();
      absl::StatusOr<TaskBoard> board = CreateBoard(unit, *project);
      if (!board.ok()) return board.status();
      int position = 0;
      for (const char* column : {"To Do", "In Progress", "Done"}) {
        absl::Status status = CreateColumn(unit, *board, column, position++);
        if (!status.ok()) return status;
      }
      return project;
    });
  }

 private:
  absl::StatusOr<Project> CreateProject(UnitOfWork& unit, const std::string& name, const std::string& email) {
    tracker::v1::GetUserByEmailRequest get;
    get.set_email(email);
    const auto owner = unit.Call(&Users::GetByEmail, users_, get);
    if (!owner.ok()) return owner.status();
    tracker::v1::CreateProjectRequest request;
    request.mutable_project()->set_name(name);
    request.mutable_project()->set_slug(Slug(name));
    request.mutable_project()->set_owner_id(owner->id());
    return unit.Call(&Projects::Create, projects_, request);
  }

  absl::StatusOr<TaskBoard> CreateBoard(UnitOfWork& unit, const Project& project) {
    tracker::v1::CreateTaskBoardRequest request;
    request.mutable_task_board()->set_project_id(project.id());
    request.mutable_task_board()->set_name("Default");
    request.mutable_task_board()->set_is_default(true);
    return unit.Call(&Boards::Create, boards_, request);
  }

  absl::Status CreateColumn(UnitOfWork& unit, const TaskBoard& board, const std::string& name, int position) {
    tracker::v1::CreateBoardColumnRequest request;
    request.mutable_board_column()->set_board_id(board.id());
    request.mutable_board_column()->set_name(name);
    request.mutable_board_column()->set_position(position);
    return unit.Call(&Columns::Create, columns_, request).status();
  }

  /// "Moon base!" -> "moon-base"
  static std::string Slug(const std::string& name) {
    std::string slug;
    for (const unsigned char letter : name) {
      if (std::isalnum(letter)) {
        slug += static_cast<char>(std::tolower(letter));
      } else if (!slug.empty() && slug.back() != '-') {
        slug += '-';
      }
    }
    if (!slug.empty() && slug.back() == '-') slug.pop_back();
    return slug;
  }

  std::shared_ptr<grpc::Channel> channel_;
  Boards boards_;
  Columns columns_;
  Projects projects_;
  Users users_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) example::Usage("usage: create_project_with_defaults ADDRESS NAME OWNER_EMAIL");
  ProjectService service(rowkeeper::client::MakeChannel(argv[1]));
  const auto project = service.CreateProjectWithDefaults(argv[2], argv[3]);
  if (!project.ok()) {
    std::cerr << example::Explain(project.status(), "created");
    return 1;
  }
  std::cout << project->id() << " " << project->slug() << "\n";
  return 0;
}
