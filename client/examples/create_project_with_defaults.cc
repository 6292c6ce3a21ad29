// Creates a project with its default board and three columns: all of them or nothing. The ids that the database makes
// come back before Commit.
//
//   create_project_with_defaults --address localhost:50051 --name "Moon base" --owner admin@example.com

#include <rowkeeper/client/channel.h>
#include <rowkeeper/client/run_in_unit_of_work.h>

#include <cctype>
#include <iostream>

#include "arguments.h"
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
      : channel_(channel), boards_(channel), columns_(channel), projects_(channel) {}

  absl::StatusOr<Project> CreateProjectWithDefaults(const std::string& name, const std::string& owner_id) {
    return rowkeeper::client::RunInUnitOfWork(channel_, {}, [&](UnitOfWork& unit) -> absl::StatusOr<Project> {
      absl::StatusOr<Project> project = CreateProject(unit, name, owner_id);
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
  absl::StatusOr<Project> CreateProject(UnitOfWork& unit, const std::string& name, const std::string& owner_id) {
    tracker::v1::CreateProjectRequest request;
    request.mutable_project()->set_name(name);
    request.mutable_project()->set_slug(Slug(name));
    request.mutable_project()->set_owner_id(owner_id);
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

  /// "Moon base" -> "moon-base"
  static std::string Slug(const std::string& name) {
    std::string slug;
    for (const unsigned char letter : name) {
      if (std::isalnum(letter)) {
        slug += static_cast<char>(std::tolower(letter));
      } else if (!slug.empty() && slug.back() != '-') {
        slug += '-';
      }
    }
    return slug;
  }

  std::shared_ptr<grpc::Channel> channel_;
  Boards boards_;
  Columns columns_;
  Projects projects_;
};

}  // namespace

int main(int argc, char** argv) {
  const example::Arguments arguments(argc, argv, {{"address", "localhost:50051"}, {"name", ""}, {"owner", ""}});
  const auto channel = rowkeeper::client::MakeChannel(arguments["address"]);

  Users users(channel);
  tracker::v1::GetUserByEmailRequest request;
  request.set_email(arguments["owner"]);
  const auto owner = rowkeeper::client::Call(&Users::GetByEmail, users, request);
  if (!owner.ok()) {
    std::cerr << owner.status() << "\n";
    return 1;
  }
  const auto project = ProjectService(channel).CreateProjectWithDefaults(arguments["name"], owner->id());
  if (!project.ok()) {
    std::cerr << "nothing was created: " << project.status() << "\n";
    return 1;
  }
  std::cout << project->id() << " " << project->slug() << "\n";
  return 0;
}
