// Calls the planner at the address given, through generated stubs, and checks every answer: client.js ADDRESS

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import { credentials, status } from "@grpc/grpc-js";
import type { CallOptions, Metadata, ServiceError } from "@grpc/grpc-js";
import { Metadata as Headers } from "@grpc/grpc-js";

import { BadRequest, ErrorInfo, ResourceInfo } from "./gen/google/rpc/error_details.js";
import { Status } from "./gen/google/rpc/status.js";
import { CreateProfileRequest, ProfileRepositoryClient } from "./gen/planner/v1/profile.js";
import {
  CreateTodoRequest, DeleteTodoRequest, GetTodoByIdRequest, ListTodosByDateRangeRequest, ListTodosByOwnerRequest, RestoreTodoRequest,
  SoftDeleteTodoRequest, Todo, TodoRepositoryClient, TodoStatus, UpdateTodoRequest,
} from "./gen/planner/v1/todo.js";

const TIMEOUT_MS = 10_000;
const NOON = 1961409600n; // 2032-02-26, seconds
const DAY = 86_400n;

type Callback<A> = (error: ServiceError | null, answer: A) => void;
type Rpc<R, A> = (request: R, metadata: Metadata, options: Partial<CallOptions>, callback: Callback<A>) => unknown;

/** A method of a generated client as a promise. */
function promised<R, A>(method: Rpc<R, A>): (request: R) => Promise<A> {
  return (request) => new Promise((resolve, reject) => {
    method(request, new Headers(), { deadline: Date.now() + TIMEOUT_MS }, (error, answer) => (error ? reject(error) : resolve(answer)));
  });
}

interface Details {
  info?: ErrorInfo;
  request?: BadRequest;
  resource?: ResourceInfo;
}

/** Expects `code`, and gives the error's details by type. */
async function refused(code: status, call: Promise<unknown>): Promise<Details> {
  const error = await call.then((answer) => assert.fail(`expected ${status[code]}, got ${JSON.stringify(answer)}`), (error: ServiceError) => error);
  assert.equal(error.code, code, error.message);
  const packed = error.metadata.get("grpc-status-details-bin")[0];
  assert(packed instanceof Uint8Array);
  const { code: inner, details } = Status.decode(packed);
  assert.equal(inner, code, "the details are of this error");
  const found: Details = {};
  for (const { typeUrl, value } of details) {
    if (typeUrl.endsWith("/google.rpc.ErrorInfo")) found.info = ErrorInfo.decode(value);
    if (typeUrl.endsWith("/google.rpc.BadRequest")) found.request = BadRequest.decode(value);
    if (typeUrl.endsWith("/google.rpc.ResourceInfo")) found.resource = ResourceInfo.decode(value);
  }
  assert(found.info?.domain, "ErrorInfo names its domain");
  return found;
}

const address = process.argv[2] ?? "";
const todos = new TodoRepositoryClient(address, credentials.createInsecure());
const profiles = new ProfileRepositoryClient(address, credentials.createInsecure());
const create = promised<CreateTodoRequest, Todo>(todos.create.bind(todos));
const getById = promised<GetTodoByIdRequest, Todo>(todos.getById.bind(todos));
const update = promised<UpdateTodoRequest, Todo>(todos.update.bind(todos));
const softDelete = promised<SoftDeleteTodoRequest, Todo>(todos.softDelete.bind(todos));
const restore = promised<RestoreTodoRequest, Todo>(todos.restore.bind(todos));
const remove = promised<DeleteTodoRequest, unknown>(todos.delete.bind(todos));
const listByOwner = promised<ListTodosByOwnerRequest, { todos: Todo[]; nextPageToken: string }>(todos.listByOwner.bind(todos));
const listByDateRange = promised<ListTodosByDateRangeRequest, { todos: Todo[]; nextPageToken: string }>(todos.listByDateRange.bind(todos));
const createProfile = promised<CreateProfileRequest, { id: string; displayName: string; timezone: string }>(profiles.create.bind(profiles));

function newTodo(ownerId: string, title: string, seconds: bigint): Todo {
  return Todo.fromPartial({
    ownerId, title, tags: ["b", "a"], status: TodoStatus.TODO_STATUS_OPEN,
    dueAt: { seconds, nanos: 123_456_000 },
    labels: { color: "green", deep: { list: [1.5, null, true] } },
    estimate: { seconds: 3600n, nanos: 1000 },
  });
}

async function checkLifeOfATodo(owner: string): Promise<void> {
  const sent = newTodo(owner, "TypeScript", NOON);
  const made = await create(CreateTodoRequest.fromPartial({ todo: sent }));
  assert.match(made.id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.equal(made.version, 1n);
  assert.deepEqual(made.createdAt, made.updatedAt);
  assert.equal(made.deletedAt, undefined, "absent stays absent");
  assert.equal(made.notes, undefined, "absent stays absent");
  for (const name of ["ownerId", "title", "tags", "status", "dueAt", "labels", "estimate"] as const) {
    assert.deepEqual(made[name], sent[name], `${name} survives`);
  }
  const get = GetTodoByIdRequest.fromPartial({ id: made.id });
  assert.deepEqual(await getById(get), made);

  const change = UpdateTodoRequest.fromPartial({
    todo: { id: made.id, notes: "", priority: -7, version: made.version }, updateMask: ["notes", "priority"],
  });
  const updated = await update(change);
  assert.equal(updated.notes, "", "an empty text that is present is written");
  assert.deepEqual([updated.priority, updated.title, updated.version], [-7, "TypeScript", 2n], "only what the mask names changes");
  const stale = await refused(status.ABORTED, update(change));
  assert.equal(stale.info?.reason, "VERSION_MISMATCH");

  const byId = { id: made.id };
  assert((await softDelete(SoftDeleteTodoRequest.fromPartial(byId))).deletedAt, "SoftDelete marks the row");
  const gone = await refused(status.NOT_FOUND, getById(get));
  assert(gone.resource?.resourceName.includes(made.id), "NOT_FOUND names the row");
  await refused(status.NOT_FOUND, softDelete(SoftDeleteTodoRequest.fromPartial(byId)));
  assert.equal((await restore(RestoreTodoRequest.fromPartial(byId))).deletedAt, undefined);
  await remove(DeleteTodoRequest.fromPartial(byId));
  await refused(status.NOT_FOUND, getById(get));
}

async function pagesOf(request: ListTodosByDateRangeRequest): Promise<Todo[][]> {
  const pages: Todo[][] = [];
  for (let pageToken = ""; ;) {
    const page = await listByDateRange({ ...request, pageToken });
    pages.push(page.todos);
    pageToken = page.nextPageToken;
    if (pageToken === "") return pages;
  }
}

async function checkPages(owner: string): Promise<void> {
  const made: Todo[] = [];
  for (let day = 0n; day < 5n; day++) made.push(await create(CreateTodoRequest.fromPartial({ todo: newTodo(owner, `page ${day}`, NOON + day * DAY) })));
  const range = (days: bigint) => ListTodosByDateRangeRequest.fromPartial({
    ownerId: owner, pageSize: 2, orderBy: "due_at desc", startTime: { seconds: NOON }, endTime: { seconds: NOON + days * DAY, nanos: 123_456_000 },
  });
  const pages = await pagesOf(range(5n));
  assert.deepEqual(pages.map((page) => page.length), [2, 2, 1]);
  assert.deepEqual(pages.flat(), [...made].reverse(), "the pages hold every row once, in the order asked for");
  assert.deepEqual((await pagesOf(range(4n))).flat(), made.slice(0, 4).reverse(), "the end of a range is not in it");

  const first = ListTodosByOwnerRequest.fromPartial({ ownerId: owner, pageSize: 2 });
  const { nextPageToken: pageToken } = await listByOwner(first);
  const other = await refused(status.INVALID_ARGUMENT, listByOwner({ ...first, pageToken, status: TodoStatus.TODO_STATUS_DONE }));
  assert.deepEqual(other.request?.fieldViolations.map(({ field }) => field), ["page_token"]);

  const masked = await listByOwner(ListTodosByOwnerRequest.fromPartial({ ownerId: owner, readMask: ["title"] }));
  assert.equal(masked.todos.length, 5);
  for (const todo of masked.todos) assert.deepEqual(todo, Todo.fromPartial({ title: todo.title }), "a read mask leaves the rest out");
}

async function checkRefusals(owner: string): Promise<void> {
  const badId = await refused(status.INVALID_ARGUMENT, getById(GetTodoByIdRequest.fromPartial({ id: "none" })));
  assert.equal(badId.request?.fieldViolations[0]?.field, "id");
  const profile = { email: "ada@example.com", handle: "twin", displayName: "Twin" };
  const twin = await refused(status.ALREADY_EXISTS, createProfile(CreateProfileRequest.fromPartial({ profile })));
  assert(Object.values(twin.info?.metadata ?? {}).some((text) => text.includes("email")), "a duplicate names the field");
  await refused(status.FAILED_PRECONDITION, create(CreateTodoRequest.fromPartial({ todo: newTodo(randomUUID(), "orphan", NOON) })));
  const negative = await refused(status.INVALID_ARGUMENT, listByOwner(ListTodosByOwnerRequest.fromPartial({ ownerId: owner, pageSize: -1 })));
  assert.equal(negative.request?.fieldViolations[0]?.field, "page_size");
}

const profile = { email: "typescript@example.com", handle: "typescript", displayName: "TypeScript 📘" };
const owner = await createProfile(CreateProfileRequest.fromPartial({ profile }));
assert.deepEqual([owner.displayName, owner.timezone], [profile.displayName, "UTC"]);
await checkLifeOfATodo(owner.id);
await checkPages(owner.id);
await checkRefusals(owner.id);
todos.close();
profiles.close();
console.log("the TypeScript client got every answer that it expected");
