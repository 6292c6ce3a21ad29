"""Projects with their owners, tasks and comments: one statement for each."""

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from bench.v1 import project_pb2, project_pb2_grpc
from peer.convert import answers, page_size, profile, set_times
from peer.models import Project, Task


def comment(row):
    return project_pb2.Comment(id=str(row.id), task_id=str(row.task_id), position=row.position, body=row.body)


def task(row):
    return project_pb2.Task(id=str(row.id), project_id=str(row.project_id), position=row.position, title=row.title,
                            comments=[comment(one) for one in row.comments])


def project(row):
    message = project_pb2.Project(id=str(row.id), name=row.name, owner_id=str(row.owner_id), owner=profile(row.owner),
                                  tasks=[task(one) for one in row.tasks])
    set_times(message, row, "created_at")
    return message


class ProjectRepository(project_pb2_grpc.ProjectRepositoryServicer):
    def __init__(self, reads):
        self.reads = reads

    async def List(self, request, context):
        async with answers(context), self.reads() as session:
            size = page_size(request.page_size)
            rows = (await session.scalars(
                select(Project).where(Project.name > request.page_token).order_by(Project.name).limit(size + 1)
                .options(selectinload(Project.owner), selectinload(Project.tasks).selectinload(Task.comments)))).all()
            token = rows[size - 1].name if len(rows) > size else ""
            projects = [project(row) for row in rows[:size]]
            return project_pb2.ListProjectsResponse(projects=projects, next_page_token=token)
