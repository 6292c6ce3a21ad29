"""The service of profiles."""

from sqlalchemy import select

from bench.v1 import profile_pb2_grpc
from peer.convert import answers, missing, parse_id, profile
from peer.models import Profile


class ProfileRepository(profile_pb2_grpc.ProfileRepositoryServicer):
    def __init__(self, reads):
        self.reads = reads

    async def GetById(self, request, context):
        async with answers(context), self.reads() as session:
            row = await session.scalar(
                select(Profile).where(Profile.id == parse_id("id", request.id), Profile.deleted_at.is_(None)))
            if row is None:
                raise missing()
            return profile(row)
