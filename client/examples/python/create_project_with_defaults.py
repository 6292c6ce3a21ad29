"""Makes a project with a board of three columns: create_project_with_defaults.py ADDRESS NAME OWNER"""

import re
import sys

import grpc
from tracker.v1 import board_column_pb2, board_column_pb2_grpc, project_pb2, project_pb2_grpc
from tracker.v1 import task_board_pb2, task_board_pb2_grpc
from unit_of_work import reason_of, run_in_unit_of_work


def create_project_with_defaults(unit, name, owner_id):
    """Returns the project. Ids come back from each call, long before the commit."""
    projects = project_pb2_grpc.ProjectRepositoryStub(unit.channel)
    boards = task_board_pb2_grpc.TaskBoardRepositoryStub(unit.channel)
    columns = board_column_pb2_grpc.BoardColumnRepositoryStub(unit.channel)

    project = project_pb2.Project(name=name, slug=slugify(name), owner_id=owner_id)
    project = projects.Create(project_pb2.CreateProjectRequest(project=project))
    board = task_board_pb2.TaskBoard(project_id=project.id, name="Default", is_default=True)
    board = boards.Create(task_board_pb2.CreateTaskBoardRequest(task_board=board))
    for position, title in enumerate(["To Do", "In Progress", "Done"]):
        column = board_column_pb2.BoardColumn(board_id=board.id, name=title, position=position)
        columns.Create(board_column_pb2.CreateBoardColumnRequest(board_column=column))
    return project


def slugify(name):
    return re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")


def main(address, name, owner_id):
    with grpc.insecure_channel(address) as channel:
        try:
            project = run_in_unit_of_work(channel, lambda unit: create_project_with_defaults(unit, name, owner_id))
        except grpc.RpcError as error:
            sys.exit(f"nothing was created: {error.code().name} {reason_of(error)}: {error.details()}")
    print(f"{project.id} {project.slug}")


if __name__ == "__main__":
    main(*sys.argv[1:])
