/** Calls of the services that ts-proto generates, as promises and asynchronous iterations. */

import { Metadata } from "@grpc/grpc-js";
import type { CallOptions as GrpcOptions, Client } from "@grpc/grpc-js";

import { detailsOf, NOT_SERVING, wasDropped } from "./errors.js";
import { receive, sendAll, withSignal } from "./streams.js";
import { Deadline, jitter } from "./times.js";

/** Longest time of a call that sets no timeout, milliseconds. */
const CALL_TIMEOUT_MS = 10_000;
/** The header that makes a call part of a unit of work. */
export const UNIT_HEADER = "rowkeeper-unit-of-work";
const UNIT_SERVICE = "/rowkeeper.v1.UnitOfWork/";

/** A method as `outputServices=grpc-js` writes it. */
export interface MethodShape {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestSerialize: (value: never) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => unknown;
}

/** A service as `outputServices=grpc-js` writes it: `ProductRepositoryService`. */
export type ServiceShape = Readonly<Record<string, MethodShape>>;

/** Options of one call. */
export interface CallOptions {
  /** Longest time of the call, milliseconds. Default 10 000; of a stream, no limit. */
  readonly timeoutMs?: number;
  /** Request headers: `{ "idempotency-key": randomUUID() }`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Cancels the call, which is then rejected with CANCELLED. */
  readonly signal?: AbortSignal;
  /** False: the call fails with UNAVAILABLE when no server can be reached. Default: it waits for one until its timeout. */
  readonly waitForReady?: boolean;
  /** Is given the trailing metadata of each answer. */
  readonly onTrailers?: (trailers: Metadata) => void;
}

/** The calls of a service, each typed as its streams demand. A stream begins when somebody iterates over it. */
export type Stub<S extends ServiceShape> = { readonly [K in keyof S]: StubMethod<S[K]> };

type StubMethod<M extends MethodShape> = M extends {
  readonly requestSerialize: (value: infer Request) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => infer Answer;
}
  ? (request: Sent<M["requestStream"], Request>, options?: CallOptions) => Received<M["responseStream"], Answer>
  : never;
type Sent<Streamed extends boolean, T> = Streamed extends true ? Iterable<T> | AsyncIterable<T> : T;
type Received<Streamed extends boolean, T> = Streamed extends true ? AsyncIterable<T> : Promise<T>;

/** What calls go through. */
export interface Wire {
  readonly client: Client;
  /** The value of the header `authorization`, asked for each call. */
  readonly authorization: (() => Promise<string>) | undefined;
  /** Headers of each call. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether a stream is given the timeout of other calls. */
  readonly streamTimeoutMs: number | undefined;
}

/** The stub of a service over a wire. */
export function makeStub<S extends ServiceShape>(wire: Wire, service: S): Stub<S> {
  const calls = Object.entries(service).map(([name, method]) => [name, callOf(wire, method as Method)]);
  return Object.fromEntries(calls) as Stub<S>;
}

/** A method whose messages are known to the compiler only where it is called. */
interface Method extends MethodShape {
  readonly requestSerialize: (value: unknown) => Buffer;
}
type Stream = Iterable<unknown> | AsyncIterable<unknown>;

function callOf(wire: Wire, method: Method): (request: never, options?: CallOptions) => unknown {
  if (method.requestStream && method.responseStream) return (requests: Stream, options = {}) => exchange(wire, method, requests, options);
  if (method.requestStream) return (requests: Stream, options = {}) => upload(wire, method, requests, options);
  if (method.responseStream) return (request: unknown, options = {}) => download(wire, method, request, options);
  return (request: unknown, options = {}) => callUntilServed(wire, method, request, options);
}

async function callUntilServed(wire: Wire, method: Method, request: unknown, options: CallOptions): Promise<unknown> {
  const deadline = new Deadline(options.timeoutMs ?? CALL_TIMEOUT_MS);
  for (let attempt = 0; ; attempt++) {
    try {
      return await callOnce(wire, method, request, options, deadline);
    } catch (error) {
      const { reason, retryDelayMs } = detailsOf(error);
      const didNothing = NOT_SERVING.includes(reason) || wasDropped(error);
      if (!didNothing || isOfUnit(wire, method, options)) throw error;
      if (!(await deadline.allowsPause((retryDelayMs ?? 0) + jitter(50, attempt), options.signal))) throw error;
    }
  }
}

/** Another server knows nothing of the unit: all of it has to run again, which runInUnitOfWork does. */
function isOfUnit(wire: Wire, method: Method, options: CallOptions): boolean {
  const named = [wire.headers, options.headers ?? {}].some((headers) => Object.keys(headers).some((name) => name.toLowerCase() === UNIT_HEADER));
  return named || (method.path.startsWith(UNIT_SERVICE) && method.path !== `${UNIT_SERVICE}Begin`);
}

async function callOnce(wire: Wire, method: Method, request: unknown, options: CallOptions, deadline: Deadline): Promise<unknown> {
  const metadata = await metadataOf(wire, options);
  return new Promise((resolve, reject) => {
    const { path, requestSerialize, responseDeserialize } = method;
    const call = wire.client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, { deadline: deadline.toDate() },
      (error, answer) => (error ? reject(error) : resolve(answer)));
    withSignal(call, options);
  });
}

async function* download(wire: Wire, method: Method, request: unknown, options: CallOptions): AsyncIterable<unknown> {
  const metadata = await metadataOf(wire, options);
  const { path, requestSerialize, responseDeserialize } = method;
  const call = wire.client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, metadata, streamOptions(wire, options));
  yield* receive(withSignal(call, options));
}

async function upload(wire: Wire, method: Method, requests: Stream, options: CallOptions): Promise<unknown> {
  const metadata = await metadataOf(wire, options);
  return new Promise((resolve, reject) => {
    const { path, requestSerialize, responseDeserialize } = method;
    const call = wire.client.makeClientStreamRequest(path, requestSerialize, responseDeserialize, metadata, streamOptions(wire, options),
      (error, answer) => (error ? reject(error) : resolve(answer)));
    sendAll(withSignal(call, options), requests).catch(reject);
  });
}

async function* exchange(wire: Wire, method: Method, requests: Stream, options: CallOptions): AsyncIterable<unknown> {
  const metadata = await metadataOf(wire, options);
  const { path, requestSerialize, responseDeserialize } = method;
  const call = withSignal(
    wire.client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata, streamOptions(wire, options)), options);
  const failures: unknown[] = [];
  sendAll(call, requests).catch((failure: unknown) => failures.push(failure));
  try {
    yield* receive(call);
  } catch (error) {
    throw failures.length > 0 ? failures[0] : error; // the iteration of the caller failed first
  }
}

function streamOptions(wire: Wire, options: CallOptions): GrpcOptions {
  const timeoutMs = options.timeoutMs ?? wire.streamTimeoutMs;
  return timeoutMs === undefined ? {} : { deadline: new Deadline(timeoutMs).toDate() };
}

async function metadataOf(wire: Wire, options: CallOptions): Promise<Metadata> {
  const metadata = new Metadata({ waitForReady: options.waitForReady ?? true });
  for (const [name, value] of Object.entries(options.headers ?? {})) metadata.set(name, value);
  for (const [name, value] of Object.entries(wire.headers)) metadata.set(name, value);
  if (wire.authorization) metadata.set("authorization", await wire.authorization());
  return metadata;
}
