// Streams over the stub of a unit are refused before anything of them is executed: streams_in_unit.js ADDRESS

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { status } from "@grpc/grpc-js";
import { connect, detailsOf, isServiceError, runInUnitOfWork } from "@rowkeeper/client";
import type { Stub } from "@rowkeeper/client";

import { CountTasksRequest, ExportTasksRequest, ImportTasksRequest, TaskRepositoryService } from "../gen/tracker/v1/task.js";

type Tasks = Stub<typeof TaskRepositoryService>;

const PROJECT = "7a2d3e4f-0000-4000-8000-000000000011"; // from migrations/tracker/init_data
const connection = connect(process.argv[2] ?? "");
after(() => connection.close());
const tasks = connection.stub(TaskRepositoryService);

const messages = () => [ImportTasksRequest.fromPartial({ tasks: [{ title: "imported", projectId: PROJECT }] })];
const count = async () => (await tasks.count(CountTasksRequest.fromPartial({}))).totalSize;
async function lengthOf(answers: AsyncIterable<unknown>): Promise<number> {
  let length = 0;
  for await (const _ of answers) length++;
  return length;
}

const streams: Record<string, (tasks: Tasks) => Promise<unknown>> = {
  import: (tasks) => lengthOf(tasks.import(messages())),
  "import with one answer": (tasks) => tasks.importAll(messages()),
  export: (tasks) => lengthOf(tasks.export(ExportTasksRequest.fromPartial({}))),
};
for (const [name, stream] of Object.entries(streams)) {
  test(`${name} is refused in a unit, which then commits`, async () => {
    const before = await count();
    const error = await runInUnitOfWork(connection, (unit) =>
      stream(unit.stub(TaskRepositoryService)).then(() => assert.fail("it was executed"), (error: unknown) => error));
    assert(isServiceError(error), String(error));
    assert.equal(error.code, status.INVALID_ARGUMENT);
    assert.deepEqual({ ...detailsOf(error).metadata }, { header: "rowkeeper-unit-of-work" });
    assert.equal(await count(), before);
  });
}

test("outside of a unit they are executed", async () => {
  const before = await count();
  await tasks.importAll(messages());
  assert.equal(await lengthOf(tasks.import(messages())), 1);
  assert.equal(await count(), before + 2n);
  assert((await lengthOf(tasks.export(ExportTasksRequest.fromPartial({})))) > 0);
});
