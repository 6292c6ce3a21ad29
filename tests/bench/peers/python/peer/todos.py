"""The service of to-dos."""

import grpc
from sqlalchemy import func, insert, select, tuple_, update

from bench.v1 import todo_pb2, todo_pb2_grpc
from peer.convert import (Refused, answers, invalid, make_token, missing, page_size, parse_id, read_token, status_text,
                          to_time, todo, todo_values)
from peer.models import Todo

# What an update may change, and how a request's to-do becomes the column's value.
UPDATES = {
    "title": lambda message: message.title,
    "notes": lambda message: message.notes if message.HasField("notes") else None,
    "status": lambda message: status_text(message.status),
    "due_at": lambda message: to_time(message, "due_at"),
    "priority": lambda message: message.priority,
}


def page(rows, size, key):
    """A response of rows, of which one more than the page may have been read."""
    token = make_token(getattr(rows[size - 1], key), rows[size - 1].id) if len(rows) > size else ""
    return todo_pb2.ListTodosResponse(todos=[todo(row) for row in rows[:size]], next_page_token=token)


class TodoRepository(todo_pb2_grpc.TodoRepositoryServicer):
    def __init__(self, reads, writes):
        self.reads = reads
        self.writes = writes

    async def ListByOwner(self, request, context):
        async with answers(context), self.reads() as session:
            size = page_size(request.page_size)
            owner_id = parse_id("owner_id", request.owner_id)
            query = select(Todo).where(Todo.owner_id == owner_id, Todo.deleted_at.is_(None))
            if request.page_token:
                query = query.where(tuple_(Todo.created_at, Todo.id) < read_token(request.page_token))
            query = query.order_by(Todo.created_at.desc(), Todo.id.desc()).limit(size + 1)
            return page((await session.scalars(query)).all(), size, "created_at")

    async def ListByDateRange(self, request, context):
        async with answers(context), self.reads() as session:
            size = page_size(request.page_size)
            query = select(Todo).where(
                Todo.owner_id == parse_id("owner_id", request.owner_id), Todo.deleted_at.is_(None),
                Todo.due_at >= to_time(request, "start_time"), Todo.due_at < to_time(request, "end_time"))
            if request.page_token:
                query = query.where(tuple_(Todo.due_at, Todo.id) > read_token(request.page_token))
            query = query.order_by(Todo.due_at, Todo.id).limit(size + 1)
            return page((await session.scalars(query)).all(), size, "due_at")

    async def Create(self, request, context):
        async with answers(context), self.writes.begin() as session:
            row = await session.scalar(insert(Todo).values(todo_values(request.todo)).returning(Todo))
            return todo(row)

    async def BatchCreate(self, request, context):
        async with answers(context), self.writes.begin() as session:
            values = [todo_values(one, f"todos[{i}]") for i, one in enumerate(request.todos)]
            rows = await session.scalars(insert(Todo).returning(Todo, sort_by_parameter_order=True), values)
            return todo_pb2.BatchCreateTodosResponse(todos=[todo(row) for row in rows])

    async def Update(self, request, context):
        async with answers(context), self.writes.begin() as session:
            message = request.todo
            row_id = parse_id("todo.id", message.id)
            if not request.update_mask.paths:
                raise invalid("update_mask: is required")
            for path in request.update_mask.paths:
                if path not in UPDATES:
                    raise invalid(f"update_mask: path {path} cannot be updated")
            change = update(Todo).where(Todo.id == row_id, Todo.deleted_at.is_(None))
            if message.version:
                change = change.where(Todo.version == message.version)
            values = {path: UPDATES[path](message) for path in request.update_mask.paths}
            row = await session.scalar(
                change.values(**values, updated_at=func.now(), version=Todo.version + 1).returning(Todo))
            if row is None:
                found = await session.scalar(select(Todo.version).where(Todo.id == row_id, Todo.deleted_at.is_(None)))
                raise missing() if found is None else Refused(
                    grpc.StatusCode.ABORTED, f"the row is at version {found}, not {message.version}")
            return todo(row)

    async def SoftDelete(self, request, context):
        return await self._set_deleted(request, context, Todo.deleted_at.is_(None), func.now())

    async def Restore(self, request, context):
        return await self._set_deleted(request, context, Todo.deleted_at.is_not(None), None)

    async def _set_deleted(self, request, context, condition, value):
        async with answers(context), self.writes.begin() as session:
            row = await session.scalar(
                update(Todo).where(Todo.id == parse_id("id", request.id), condition)
                .values(deleted_at=value, updated_at=func.now(), version=Todo.version + 1).returning(Todo))
            if row is None:
                raise missing()
            return todo(row)
