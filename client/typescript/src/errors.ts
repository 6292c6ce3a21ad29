/** What an error says to programs. */

import { status } from "@grpc/grpc-js";
import type { ServiceError } from "@grpc/grpc-js";

import type { Any } from "./gen/google/protobuf/any.js";
import { BadRequest, ErrorInfo, ResourceInfo, RetryInfo } from "./gen/google/rpc/error_details.js";
import { Status } from "./gen/google/rpc/status.js";

/** Nobody could say whether the unit was committed: look what is there before doing it again. `cause` is the last answer. */
export class OutcomeUnknown extends Error {
  override readonly name = "OutcomeUnknown";
}

/** A mistake of the request. */
export interface FieldViolation {
  /** Its path in the request, "todo.title". */
  readonly field: string;
  /** What is wrong, and what to send. */
  readonly description: string;
}

/** The row that an error is about. */
export interface Resource {
  /** Full name of its entity, "shop.v1.Product". */
  readonly type: string;
  /** Its key, as the caller gave it. */
  readonly name: string;
}

/** The google.rpc details of an error. A detail that the error does not carry, or that does not parse, is left empty. */
export interface ErrorDetails {
  /** "UNIQUE_VIOLATION", for example; "" when the error comes from elsewhere, a proxy or the network. All: proto/reference/errors.md */
  readonly reason: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Name of the database constraint that refused the row, or "". */
  readonly constraint: string;
  readonly fieldViolations: readonly FieldViolation[];
  readonly resource: Resource | undefined;
  /** Least time to wait before trying again, milliseconds; undefined where the server does not say. */
  readonly retryDelayMs: number | undefined;
}

/** The details of whatever a call was rejected with. Those of an error that is not gRPC's are empty. */
export function detailsOf(error: unknown): ErrorDetails {
  let reason = "";
  let metadata: Readonly<Record<string, string>> = {};
  let fieldViolations: readonly FieldViolation[] = [];
  let resource: Resource | undefined;
  let retryDelayMs: number | undefined;
  for (const detail of packedDetails(error)) {
    const info = unpacked(detail, "google.rpc.ErrorInfo", ErrorInfo);
    if (info?.domain === "rowkeeper") ({ reason, metadata } = info);
    const request = unpacked(detail, "google.rpc.BadRequest", BadRequest);
    if (request) fieldViolations = request.fieldViolations.map(({ field, description }) => ({ field, description }));
    const row = unpacked(detail, "google.rpc.ResourceInfo", ResourceInfo);
    if (row) resource = { type: row.resourceType, name: row.resourceName };
    const delay = unpacked(detail, "google.rpc.RetryInfo", RetryInfo)?.retryDelay;
    if (delay) retryDelayMs = Number(delay.seconds) * 1000 + delay.nanos / 1e6;
  }
  return { reason, metadata, constraint: metadata["constraint"] ?? "", fieldViolations, resource, retryDelayMs };
}

/** The reason of a Rowkeeper error, "VERSION_MISMATCH" for example, or "" when the error came from elsewhere. */
export function reasonOf(error: unknown): string {
  return detailsOf(error).reason;
}

/** One line for a log: code, reason and message. */
export function describe(error: unknown): string {
  if (isServiceError(error)) return `${status[error.code]} ${reasonOf(error)}: ${error.details}`;
  return error instanceof Error ? error.message : String(error);
}

/** What to tell a person for whom runInUnitOfWork should have `done` something: "transferred", for example. */
export function explain(error: unknown, done: string): string {
  if (error instanceof OutcomeUnknown) {
    return `it is not known whether anything was ${done}; look before you run it again: ${error.message}`;
  }
  return `nothing was ${done}: ${describe(error)}`;
}

/** Whether the error is the status of a call. */
export function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && "code" in error && typeof error.code === "number" && "details" in error && "metadata" in error;
}

/** Answers of a server that did nothing with the call: it is starting or stopping. */
export const NOT_SERVING: readonly string[] = ["SHUTTING_DOWN", "SERVER_STARTING"];

/** Whether the call reached a server that had begun to close, where no method saw it. */
export function wasDropped(error: unknown): boolean {
  return isServiceError(error) && error.code === status.CANCELLED && error.details === "CANCELLED" && reasonOf(error) === "";
}

function packedDetails(error: unknown): readonly Any[] {
  if (!isServiceError(error)) return [];
  const [packed] = error.metadata.get("grpc-status-details-bin");
  if (!(packed instanceof Uint8Array)) return [];
  return parsed(packed, Status)?.details ?? [];
}

interface MessageType<T> {
  decode(bytes: Uint8Array): T;
}

function unpacked<T>(detail: Any, name: string, type: MessageType<T>): T | undefined {
  return detail.typeUrl.endsWith(`/${name}`) ? parsed(detail.value, type) : undefined;
}

function parsed<T>(bytes: Uint8Array, type: MessageType<T>): T | undefined {
  try {
    return type.decode(bytes);
  } catch {
    return undefined;
  }
}
