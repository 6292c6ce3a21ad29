/**
 * Units of work, retries and typed errors of a Rowkeeper server, over the services that ts-proto generates.
 *
 *     const connection = connect("localhost:50051");
 *     const product = await runInUnitOfWork(connection, (unit) => unit.stub(ProductRepositoryService).create(request));
 *
 * `@rowkeeper/client/v1` has the generated types of the units themselves.
 */
export type { CallOptions, MethodShape, ServiceShape, Stub } from "./calls.js";
export { connect } from "./connect.js";
export type { Connection, ConnectOptions } from "./connect.js";
export { describe, detailsOf, explain, isServiceError, OutcomeUnknown, reasonOf } from "./errors.js";
export type { ErrorDetails, FieldViolation, Resource } from "./errors.js";
export type { TlsFiles } from "./tls.js";
export { runInUnitOfWork } from "./units.js";
export type { Unit, UnitOptions } from "./units.js";
