"""Makes a project with a board of three columns: create_project_with_defaults.py ADDRESS NAME OWNER_EMAIL"""

import re
import sys

import grpc
from rowkeeper.client import OutcomeUnknown, explain, run_in_unit_of_work
from tracker.v1 import board_column_pb2, board_column_pb2_grpc, project_pb2, project_pb2_grpc
from tracker.v1 import task_board_pb2, task_board_pb2_grpc, user_pb2, user_pb2_grpc


def create_project_with_defaults(unit, name, email):
    """Returns the project. Ids come back from each call, long before the commit."""
    projects = project_pb2_grpc.ProjectRepositoryStub(unit.channel)
    boards = task_board_pb2_grpc.TaskBoardRepositoryStub(unit.channel)
    columns = board_column_pb2_grpc.BoardColumnRepositoryStub(unit.channel)
    users = user_pb2_grpc.UserRepositoryStub(unit.channel)

    owner = users.GetByEmail(user_pb2.GetUserByEmailRequest(email=email))
    project = project_pb2.Project(name=name, slug=slugify(name), owner_id=owner.id)
    project = projects.Create(project_pb2.CreateProjectRequest(project=project))
    board = task_board_pb2.TaskBoard(project_id=project.id, name="Default", is_default=True)
    board = boards.Create(task_board_pb2.CreateTaskBoardRequest(task_board=board))
    for position, title in enumerate(["To Do", "In Progress", "Done"]):
        column = board_column_pb2.BoardColumn(board_id=board.id, name=title, position=position)
        columns.Create(board_column_pb2.CreateBoardColumnRequest(board_column=column))
    return project


def slugify(name):
    return re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")


def main(address, name, email):
    with grpc.insecure_channel(address) as channel:
        try:
            project = run_in_unit_of_work(channel, lambda unit: create_project_with_defaults(unit, name, email),
                                          label="create_project_with_defaults")
        except (grpc.RpcError, OutcomeUnknown) as error:
            sys.exit(explain(error, "created"))
    print(f"{project.id} {project.slug}")


if __name__ == "__main__":
    main(*sys.argv[1:])
