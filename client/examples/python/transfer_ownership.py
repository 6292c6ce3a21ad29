"""Gives a project to another user: transfer_ownership.py ADDRESS PROJECT_SLUG NEW_OWNER_EMAIL

The notice to the new owner is welcome, not needed: when it fails, its savepoint undoes it alone.
"""

import sys

import grpc
from google.protobuf.field_mask_pb2 import FieldMask
from rowkeeper.client import RERUN, OutcomeUnknown, explain, run_in_unit_of_work
from tracker.v1 import conversation_pb2, conversation_pb2_grpc, project_pb2, project_pb2_grpc
from tracker.v1 import project_user_pb2, project_user_pb2_grpc, user_pb2, user_pb2_grpc


def transfer_ownership(unit, slug, email):
    """Returns the project, and why there is no notice, or None."""
    projects = project_pb2_grpc.ProjectRepositoryStub(unit.channel)
    users = user_pb2_grpc.UserRepositoryStub(unit.channel)
    user = users.GetByEmail(user_pb2.GetUserByEmailRequest(email=email))
    project = projects.GetBySlug(project_pb2.GetProjectBySlugRequest(slug=slug))

    project.owner_id = user.id  # and the version says that nobody else has changed it since
    project = projects.Update(project_pb2.UpdateProjectRequest(project=project, update_mask=FieldMask(paths=["owner_id"])))
    ensure_member(unit, project)
    try:
        notify_new_owner(unit, project)
    except grpc.RpcError as error:
        return project, error.details()
    return project, None


def ensure_member(unit, project):
    """The database refuses a second membership, and the savepoint makes the unit well again."""
    members = project_user_pb2_grpc.ProjectUserRepositoryStub(unit.channel)
    member = project_user_pb2.ProjectUser(project_id=project.id, user_id=project.owner_id, allocation=1)
    try:
        with unit.savepoint():
            members.Create(project_user_pb2.CreateProjectUserRequest(project_user=member))
    except grpc.RpcError as error:
        if error.code() != grpc.StatusCode.ALREADY_EXISTS:
            raise


def notify_new_owner(unit, project):
    conversations = conversation_pb2_grpc.ConversationRepositoryStub(unit.channel)
    notice = conversation_pb2.Conversation(owner_id=project.owner_id, subject=f"{project.name} is yours now")
    with unit.savepoint():
        conversations.Create(conversation_pb2.CreateConversationRequest(conversation=notice))


def main(address, slug, email):
    with grpc.insecure_channel(address) as channel:
        try:
            # The version is read in the unit, so running all of it again is the answer to a change by somebody else.
            project, problem = run_in_unit_of_work(channel, lambda unit: transfer_ownership(unit, slug, email),
                                                   label="transfer_ownership", rerun=(*RERUN, "VERSION_MISMATCH"))
        except (grpc.RpcError, OutcomeUnknown) as error:
            sys.exit(explain(error, "changed"))
    print(f"{project.name} belongs to {email}")
    if problem:
        print(f"without a notice: {problem}")


if __name__ == "__main__":
    main(*sys.argv[1:])
