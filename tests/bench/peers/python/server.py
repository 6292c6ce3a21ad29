"""The benchmark's services as a Python team would write them: grpc.aio on uvloop, SQLAlchemy 2 over asyncpg."""

import asyncio
import contextlib
import os
import signal

import grpc
import uvloop
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from bench.v1 import profile_pb2_grpc, project_pb2_grpc, todo_pb2_grpc
from peer.profiles import ProfileRepository
from peer.projects import ProjectRepository
from peer.todos import TodoRepository


async def serve():
    url = os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+asyncpg://", 1)
    engine = create_async_engine(
        url, pool_size=int(os.environ["POOL_SIZE"]), max_overflow=0,
        connect_args={"server_settings": {"search_path": "rowkeeper_bench", "timezone": "UTC"}})
    # Reads are one statement each and need no BEGIN and ROLLBACK around it.
    reads = async_sessionmaker(engine.execution_options(isolation_level="AUTOCOMMIT"), expire_on_commit=False)
    writes = async_sessionmaker(engine, expire_on_commit=False)

    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    profile_pb2_grpc.add_ProfileRepositoryServicer_to_server(ProfileRepository(reads), server)
    todo_pb2_grpc.add_TodoRepositoryServicer_to_server(TodoRepository(reads, writes), server)
    project_pb2_grpc.add_ProjectRepositoryServicer_to_server(ProjectRepository(reads), server)
    server.add_insecure_port(os.environ["ADDRESS"])
    await server.start()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    await server.stop(5)
    await engine.dispose()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        uvloop.run(serve())
