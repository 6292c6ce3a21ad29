"""Gives a project to another user and makes that user a member: transfer_ownership.py ADDRESS PROJECT NEW_OWNER"""

import sys

import grpc
from google.protobuf.field_mask_pb2 import FieldMask
from tracker.v1 import project_pb2, project_pb2_grpc, project_user_pb2, project_user_pb2_grpc
from unit_of_work import reason_of, run_in_unit_of_work


def transfer_ownership(unit, project_id, new_owner_id):
    """Returns whether the new owner became a member just now. One who was a member before is an owner all the same."""
    projects = project_pb2_grpc.ProjectRepositoryStub(unit.channel)
    members = project_user_pb2_grpc.ProjectUserRepositoryStub(unit.channel)
    with unit.savepoint():
        project = project_pb2.Project(id=project_id, owner_id=new_owner_id)
        projects.Update(project_pb2.UpdateProjectRequest(project=project, update_mask=FieldMask(paths=["owner_id"])))
    try:
        with unit.savepoint():  # when this fails, only this is undone
            member = project_user_pb2.ProjectUser(project_id=project_id, user_id=new_owner_id, allocation=1)
            members.Create(project_user_pb2.CreateProjectUserRequest(project_user=member))
    except grpc.RpcError as error:
        if error.code() != grpc.StatusCode.ALREADY_EXISTS:
            raise
        return False
    return True


def main(address, project_id, new_owner_id):
    with grpc.insecure_channel(address) as channel:
        try:
            joined = run_in_unit_of_work(channel, lambda unit: transfer_ownership(unit, project_id, new_owner_id))
        except grpc.RpcError as error:
            sys.exit(f"nothing was changed: {error.code().name} {reason_of(error)}: {error.details()}")
    print(f"the owner is now {new_owner_id}, {'a new member' if joined else 'who was a member already'}")


if __name__ == "__main__":
    main(*sys.argv[1:])
