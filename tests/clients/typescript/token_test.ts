// @rowkeeper/client with a token, on a server that takes no anonymous calls: token_test.js ADDRESS DIR
//
// DIR has the tokens of alice, who is good, and of late, whose has expired.

import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { status } from "@grpc/grpc-js";
import { connect, isServiceError, reasonOf, runInUnitOfWork } from "@rowkeeper/client";
import type { Connection, ConnectOptions } from "@rowkeeper/client";
import { ListRequest, UnitOfWorkService } from "@rowkeeper/client/v1";

const [address = "", directory = ""] = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), "rowkeeper-token."));
after(() => rmSync(scratch, { recursive: true }));
const tokenFile = join(scratch, "token");
const LIST = ListRequest.fromPartial({});

function use(name: string): void {
  copyFileSync(join(directory, name), `${tokenFile}.next`);
  renameSync(`${tokenFile}.next`, tokenFile);
}
function opened(options: ConnectOptions): Connection {
  const connection = connect(address, options);
  after(() => connection.close());
  return connection;
}
async function assertRefused(reason: string, call: Promise<unknown>): Promise<void> {
  const error: unknown = await call.then(() => assert.fail("it was served"), (error: unknown) => error);
  assert(isServiceError(error), String(error));
  assert.equal(error.code, status.UNAUTHENTICATED);
  assert.equal(reasonOf(error), reason);
}

test("a token that is renewed is used at once", async () => {
  use("late");
  const units = opened({ tokenFile }).stub(UnitOfWorkService);
  await assertRefused("TOKEN_EXPIRED", units.list(LIST));
  use("alice");
  await units.list(LIST);
});

test("a unit sends the token with each of its calls", async () => {
  use("alice");
  const connection = opened({ tokenFile });
  const listed = await runInUnitOfWork(connection, () => connection.stub(UnitOfWorkService).list(LIST));
  assert.deepEqual(new Set(listed.unitsOfWork.map(({ caller }) => caller)), new Set(["jwt:alice"]));
});

test("without a token nothing is served", async () => {
  await assertRefused("IDENTITY_REQUIRED", opened({}).stub(UnitOfWorkService).list(LIST));
});

test("a file without a token is refused, by connect and by calls", async () => {
  assert.throws(() => opened({ tokenFile: join(scratch, "none") }), /ENOENT/);
  use("alice");
  const units = opened({ tokenFile }).stub(UnitOfWorkService);
  writeFileSync(tokenFile, "two\nlines\n");
  assert.throws(() => opened({ tokenFile }), /holds no token/);
  await assert.rejects(units.list(LIST), /holds no token/);
});
