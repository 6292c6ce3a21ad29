// @rowkeeper/client against a server that answers what a test tells it to.

import assert from "node:assert/strict";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";

import { Metadata, Server, ServerCredentials, status } from "@grpc/grpc-js";
import type { ServerDuplexStream, ServerReadableStream, ServerUnaryCall, ServerWritableStream, sendUnaryData } from "@grpc/grpc-js";
import { connect, describe, detailsOf, isServiceError, OutcomeUnknown, reasonOf, runInUnitOfWork } from "@rowkeeper/client";
import type { Connection } from "@rowkeeper/client";
import { BeginRequest, BeginResponse, CommitResponse, RollbackResponse, UnitOfWorkInfo, UnitOfWorkService } from "@rowkeeper/client/v1";

import { BadRequest, ErrorInfo, ResourceInfo, RetryInfo } from "../gen/google/rpc/error_details.js";
import { Status } from "../gen/google/rpc/status.js";

// Any methods without a part in units will do: they stand for those of a repository.
const messages = {
  requestSerialize: (value: BeginRequest): Buffer => Buffer.from(BeginRequest.encode(value).finish()),
  requestDeserialize: (bytes: Buffer): BeginRequest => BeginRequest.decode(bytes),
  responseSerialize: (value: UnitOfWorkInfo): Buffer => Buffer.from(UnitOfWorkInfo.encode(value).finish()),
  responseDeserialize: (bytes: Buffer): UnitOfWorkInfo => UnitOfWorkInfo.decode(bytes),
};
const ProductsService = {
  get: { path: "/shop.v1.Products/Get", requestStream: false as const, responseStream: false as const, ...messages },
  export: { path: "/shop.v1.Products/Export", requestStream: false as const, responseStream: true as const, ...messages },
  importAll: { path: "/shop.v1.Products/ImportAll", requestStream: true as const, responseStream: false as const, ...messages },
  import: { path: "/shop.v1.Products/Import", requestStream: true as const, responseStream: true as const, ...messages },
} as const;

interface Failure {
  readonly code: status;
  readonly details: string;
  readonly metadata?: Metadata;
}
type Answer<T> = { readonly message: T; readonly trailers?: Metadata } | Failure;

const LABELLED = (label: string) => UnitOfWorkInfo.fromPartial({ label });
const REQUEST = BeginRequest.fromPartial({});

/** Answers of one method in their order, the last one for ever. */
class Script<T> {
  readonly headers: Metadata[] = [];

  constructor(public answers: readonly Answer<T>[]) {}

  readonly handler = (call: ServerUnaryCall<unknown, T>, done: sendUnaryData<T>): void => {
    const answer = this.answers[Math.min(this.headers.length, this.answers.length - 1)];
    this.headers.push(call.metadata);
    assert(answer);
    if ("message" in answer) done(null, answer.message, answer.trailers);
    else done(answer);
  };
}

interface Packed {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}
function packed<T>(name: string, type: { encode(message: T): { finish(): Uint8Array } }, message: T): Packed {
  return { typeUrl: `type.googleapis.com/google.rpc.${name}`, value: type.encode(message).finish() };
}
function failure(code: status, reason: string, more: { domain?: string; details?: string; metadata?: Record<string, string>; packed?: Packed[] } = {}): Failure {
  const info = ErrorInfo.fromPartial({ reason, domain: more.domain ?? "rowkeeper", metadata: more.metadata });
  const all = Status.fromPartial({ code, details: [packed("ErrorInfo", ErrorInfo, info), ...(more.packed ?? [])] });
  return { code, details: more.details ?? "no", metadata: withDetails(Status.encode(all).finish()) };
}
function withDetails(bytes: Uint8Array): Metadata {
  const metadata = new Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(bytes));
  return metadata;
}
function retryAfter(seconds: bigint): Packed {
  return packed("RetryInfo", RetryInfo, RetryInfo.fromPartial({ retryDelay: { seconds } }));
}

class World {
  readonly begin = new Script<BeginResponse>([{ message: BeginResponse.fromPartial({ handle: "h" }) }]);
  readonly get = new Script<UnitOfWorkInfo>([{ message: LABELLED("served") }]);
  readonly commit = new Script<CommitResponse>([{ message: CommitResponse.fromPartial({}) }]);
  readonly rollback = new Script<RollbackResponse>([{ message: RollbackResponse.fromPartial({}) }]);
  readonly exportCancelled: Promise<void>;
  private readonly server = new Server();
  private exportIsCancelled: () => void = () => {};

  constructor() {
    this.exportCancelled = new Promise((resolve) => (this.exportIsCancelled = resolve));
    const { begin, get, commit, rollback } = this;
    const refuse = (_: unknown, done: sendUnaryData<never>): void => done({ code: status.UNIMPLEMENTED, details: "no" });
    this.server.addService(UnitOfWorkService, {
      begin: begin.handler, commit: commit.handler, rollback: rollback.handler,
      savepoint: refuse, rollbackTo: refuse, release: refuse, get: refuse, list: refuse, run: refuse,
    });
    this.server.addService(ProductsService, {
      get: get.handler,
      export: (call: ServerWritableStream<BeginRequest, UnitOfWorkInfo>) => {
        call.on("cancelled", () => this.exportIsCancelled());
        for (const label of ["a", "b", "c"]) call.write(LABELLED(label));
        if (call.request.label === "end") call.end();
        if (call.request.label === "fail") call.emit("error", failure(status.ABORTED, "STREAM_IDLE"));
      },
      importAll: (call: ServerReadableStream<BeginRequest, UnitOfWorkInfo>, done: sendUnaryData<UnitOfWorkInfo>) => {
        const labels: string[] = [];
        call.on("data", ({ label }: BeginRequest) => {
          labels.push(label);
          if (label === "fail") done(failure(status.INVALID_ARGUMENT, "INVALID_FIELD"));
        });
        call.on("end", () => {
          if (!labels.includes("fail")) done(null, LABELLED(labels.join("")));
        });
      },
      import: (call: ServerDuplexStream<BeginRequest, UnitOfWorkInfo>) => {
        call.on("data", ({ label }: BeginRequest) => call.write(LABELLED(`${label}!`)));
        call.on("end", () => call.end());
      },
    });
  }

  listen(address = "127.0.0.1:0"): Promise<string> {
    return new Promise((resolve, reject) => {
      this.server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => (error ? reject(error) : resolve(`127.0.0.1:${port}`)));
      after(() => this.server.forceShutdown());
    });
  }
}

async function start(): Promise<{ world: World; connection: Connection }> {
  const world = new World();
  return { world, connection: opened(await world.listen()) };
}
function opened(address: string): Connection {
  const connection = connect(address);
  after(() => connection.close());
  return connection;
}
async function errorOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  return assert.fail("it succeeded");
}
function codeOf(error: unknown): status {
  assert(isServiceError(error), String(error));
  return error.code;
}
async function labels(answers: AsyncIterable<UnitOfWorkInfo>): Promise<string> {
  let all = "";
  for await (const { label } of answers) all += label;
  return all;
}
async function errorOfGet(answer: Failure): Promise<{ error: unknown; calls: number }> {
  const { world, connection } = await start();
  world.get.answers = [answer];
  return { error: await errorOf(connection.stub(ProductsService).get(REQUEST)), calls: world.get.headers.length };
}

test("details are decoded", async () => {
  const violation = { field: "product.sku", description: "is empty" };
  const { error } = await errorOfGet(failure(status.ALREADY_EXISTS, "UNIQUE_VIOLATION", {
    metadata: { constraint: "uq_products_sku" },
    packed: [
      packed("BadRequest", BadRequest, BadRequest.fromPartial({ fieldViolations: [violation] })),
      packed("ResourceInfo", ResourceInfo, ResourceInfo.fromPartial({ resourceType: "shop.v1.Product", resourceName: "7" })),
      packed("RetryInfo", RetryInfo, RetryInfo.fromPartial({ retryDelay: { seconds: 2n, nanos: 250_000_000 } })),
    ],
  }));
  const details = detailsOf(error);
  assert.equal(details.reason, "UNIQUE_VIOLATION");
  assert.deepEqual({ ...details.metadata }, { constraint: "uq_products_sku" });
  assert.equal(details.constraint, "uq_products_sku");
  assert.deepEqual(details.fieldViolations, [violation]);
  assert.deepEqual(details.resource, { type: "shop.v1.Product", name: "7" });
  assert.equal(details.retryDelayMs, 2250);
  assert.equal(describe(error), "ALREADY_EXISTS UNIQUE_VIOLATION: no");
});

test("errors of others have no reason", async () => {
  const nothing = { reason: "", metadata: {}, constraint: "", fieldViolations: [], resource: undefined, retryDelayMs: undefined };
  const { error } = await errorOfGet(failure(status.NOT_FOUND, "GONE", { domain: "elsewhere" }));
  assert.deepEqual(detailsOf(error), nothing);
  assert.equal(describe(error), "NOT_FOUND : no");
  for (const other of [new Error("mine"), "text", undefined]) assert.deepEqual(detailsOf(other), nothing);
});

test("details that do not parse are left out", async () => {
  const half = { typeUrl: "type.googleapis.com/google.rpc.ErrorInfo", value: new Uint8Array([0x0a, 0xff]) };
  const broken = Status.encode(Status.fromPartial({ details: [half] })).finish();
  for (const bytes of [new Uint8Array([0xff, 0xff]), broken]) {
    const { error } = await errorOfGet({ code: status.INTERNAL, details: "no", metadata: withDetails(bytes) });
    assert.equal(codeOf(error), status.INTERNAL);
    assert.equal(reasonOf(error), "");
  }
});

test("what a server did nothing with is sent again", async () => {
  for (const answer of [failure(status.UNAVAILABLE, "SHUTTING_DOWN"), failure(status.UNAVAILABLE, "SERVER_STARTING"),
    { code: status.CANCELLED, details: "CANCELLED" }]) {
    const { world, connection } = await start();
    world.get.answers = [answer, answer, { message: LABELLED("served") }];
    assert.equal((await connection.stub(ProductsService).get(REQUEST)).label, "served");
    assert.equal(world.get.headers.length, 3);
  }
});

test("it waits for as long as the server asks", async () => {
  const { world, connection } = await start();
  world.get.answers = [failure(status.UNAVAILABLE, "SHUTTING_DOWN", { packed: [retryAfter(1n)] }), { message: LABELLED("served") }];
  const begin = performance.now();
  await connection.stub(ProductsService).get(REQUEST);
  assert(performance.now() - begin >= 990);
});

test("it gives up when its time is too short", async () => {
  const { error, calls } = await errorOfGet(failure(status.UNAVAILABLE, "SHUTTING_DOWN", { packed: [retryAfter(60n)] }));
  assert.equal(codeOf(error), status.UNAVAILABLE);
  assert.equal(calls, 1);
  const { world, connection } = await start();
  world.get.answers = [failure(status.UNAVAILABLE, "SHUTTING_DOWN")];
  const late = codeOf(await errorOf(connection.stub(ProductsService).get(REQUEST, { timeoutMs: 1000 })));
  assert(late === status.UNAVAILABLE || late === status.DEADLINE_EXCEEDED);
});

test("nothing is sent again that may have been executed", async () => {
  for (const answer of [failure(status.UNAVAILABLE, "DATABASE_UNAVAILABLE"), failure(status.UNKNOWN, "COMMIT_OUTCOME_UNKNOWN"),
    failure(status.CANCELLED, "CANCELLED", { details: "CANCELLED" }), { code: status.UNAVAILABLE, details: "connection reset" }]) {
    const { error, calls } = await errorOfGet(answer);
    assert.equal(codeOf(error), answer.code);
    assert.equal(calls, 1);
  }
});

test("a call waits for a server", async () => {
  const tried = new Promise<{ address: string; close: () => Promise<void> }>((resolve) => {
    const refusing = createServer((socket) => {
      socket.destroy();
      resolve({ address: `127.0.0.1:${(refusing.address() as AddressInfo).port}`, close: () => new Promise((done) => refusing.close(() => done())) });
    });
    refusing.listen(0, "127.0.0.1", () => {
      const connection = opened(`127.0.0.1:${(refusing.address() as AddressInfo).port}`);
      answered = connection.stub(ProductsService).get(REQUEST, { timeoutMs: 30_000 });
      answered.catch(() => {});
    });
  });
  let answered: Promise<UnitOfWorkInfo> | undefined;
  const { address, close } = await tried;
  await close();
  await new World().listen(address);
  assert.equal((await answered)?.label, "served");
});

test("a call that does not wait for a server fails at once", async () => {
  const connection = opened("unix:/nowhere/at/all");
  assert.equal(codeOf(await errorOf(connection.stub(ProductsService).get(REQUEST, { waitForReady: false }))), status.UNAVAILABLE);
});

test("headers are sent, trailers are handed over", async () => {
  const { world, connection } = await start();
  const trailers = new Metadata();
  trailers.set("rowkeeper-cost", "1");
  world.get.answers = [{ message: LABELLED("served"), trailers }];
  const seen: string[] = [];
  await connection.stub(ProductsService).get(REQUEST, {
    headers: { "idempotency-key": "k" }, onTrailers: (got) => seen.push(String(got.get("rowkeeper-cost"))),
  });
  assert.deepEqual(world.get.headers.map((headers) => headers.get("idempotency-key")), [["k"]]);
  assert.deepEqual(seen, ["1"]);
});

test("a signal cancels a call, and one that waits to be sent again", async () => {
  const { world, connection } = await start();
  const { get } = connection.stub(ProductsService);
  assert.equal(codeOf(await errorOf(get(REQUEST, { signal: AbortSignal.abort() }))), status.CANCELLED);
  const controller = new AbortController();
  world.get.answers = [failure(status.UNAVAILABLE, "SHUTTING_DOWN", { packed: [retryAfter(60n)] })];
  const { signal } = controller;
  const call = errorOf(get(REQUEST, { timeoutMs: 600_000, signal, onTrailers: () => setImmediate(() => controller.abort()) }));
  assert.equal(reasonOf(await call), "SHUTTING_DOWN");
});

test("streams are iterations", async () => {
  const { connection } = await start();
  const products = connection.stub(ProductsService);
  const requests = ["x", "y"].map((label) => BeginRequest.fromPartial({ label }));
  assert.equal(await labels(products.export(BeginRequest.fromPartial({ label: "end" }))), "abc");
  assert.equal((await products.importAll(requests)).label, "xy");
  assert.equal(await labels(products.import(requests)), "x!y!");
});

test("a stream that the server refuses throws its status", async () => {
  const { connection } = await start();
  const products = connection.stub(ProductsService);
  const endless = (async function* () {
    for (;;) yield BeginRequest.fromPartial({ label: "fail" });
  })();
  assert.equal(reasonOf(await errorOf(products.importAll(endless))), "INVALID_FIELD");
  assert.equal(reasonOf(await errorOf(labels(products.export(BeginRequest.fromPartial({ label: "fail" }))))), "STREAM_IDLE");
});

test("a stream that nobody iterates over any more is cancelled", async () => {
  const { world, connection } = await start();
  for await (const { label } of connection.stub(ProductsService).export(REQUEST)) {
    assert.equal(label, "a");
    break;
  }
  await world.exportCancelled;
});

test("a stream whose requests fail throws what they threw", async () => {
  const mine = new Error("mine");
  const failing = async function* () {
    for (let i = 0; i < 200; i++) yield BeginRequest.fromPartial({ label: "x" });
    throw mine;
  };
  const { connection } = await start();
  const products = connection.stub(ProductsService);
  assert.equal(await errorOf(products.importAll(failing())), mine);
  assert.equal(await errorOf(labels(products.import(failing()))), mine);
});

test("calls of a unit carry its handle and are not sent again", async () => {
  const { world, connection } = await start();
  world.get.answers = [failure(status.UNAVAILABLE, "SHUTTING_DOWN"), { message: LABELLED("served") }];
  const { label } = await runInUnitOfWork(connection, (unit) => unit.stub(ProductsService).get(REQUEST));
  assert.equal(label, "served");
  assert.deepEqual(world.get.headers.map((headers) => headers.get("rowkeeper-unit-of-work")), [["h"], ["h"]]);
  assert.equal(world.begin.headers.length, 2); // all of the work ran again, in a new unit
  assert.equal(world.rollback.headers.length, 1);
  assert.equal(world.commit.headers.length, 1);
});

test("a unit is run again for further reasons when asked to", async () => {
  const { world, connection } = await start();
  const work = { rerunOn: ["VERSION_MISMATCH"] };
  for (const [options, begun] of [[{}, 1], [work, 3]] as const) {
    world.get.answers = [failure(status.ABORTED, "VERSION_MISMATCH"), failure(status.ABORTED, "VERSION_MISMATCH"), { message: LABELLED("served") }];
    world.get.headers.length = world.begin.headers.length = 0;
    const done = runInUnitOfWork(connection, (unit) => unit.stub(ProductsService).get(REQUEST), options);
    if (begun === 1) assert.equal(reasonOf(await errorOf(done)), "VERSION_MISMATCH");
    else await done;
    assert.equal(world.begin.headers.length, begun);
  }
});

test("a unit is rolled back and rejects with what the work throws", async () => {
  const { world, connection } = await start();
  const mine = new Error("mine");
  assert.equal(await errorOf(runInUnitOfWork(connection, () => Promise.reject(mine))), mine);
  assert.equal(world.rollback.headers.length, 1);
  assert.equal(world.commit.headers.length, 0);
});

test("an unknown outcome is not run again", async () => {
  const { world, connection } = await start();
  world.commit.answers = [failure(status.UNKNOWN, "COMMIT_OUTCOME_UNKNOWN")];
  const error = await errorOf(runInUnitOfWork(connection, async () => {}));
  assert(error instanceof OutcomeUnknown);
  assert.equal(reasonOf(error.cause), "COMMIT_OUTCOME_UNKNOWN");
  assert.equal(world.begin.headers.length, 1);
  assert.equal(world.commit.headers.length, 4);
});
