/** Units of work: several calls in one transaction. */

import { status } from "@grpc/grpc-js";

import { makeStub, UNIT_HEADER } from "./calls.js";
import type { ServiceShape, Stub, Wire } from "./calls.js";
import { wireOf } from "./connect.js";
import type { Connection } from "./connect.js";
import { describe, detailsOf, isServiceError, NOT_SERVING, OutcomeUnknown, reasonOf, wasDropped } from "./errors.js";
import {
  BeginRequest, CommitRequest, ReleaseRequest, RollbackRequest, RollbackToRequest, SavepointRequest, UnitOfWorkService,
} from "./gen/rowkeeper/v1/unit_of_work.js";
import type { TransactionOptions } from "./gen/rowkeeper/v1/unit_of_work.js";
import { jitter, pause } from "./times.js";

const ATTEMPTS = 10;
/** Longest time of a stream in a unit, milliseconds. The server refuses it. */
const STREAM_TIMEOUT_MS = 10_000;
/** Reasons for which all of the work runs again: others were in the way. */
const RERUN: readonly string[] = ["SERIALIZATION_FAILURE", "DEADLOCK", "LOCK_TIMEOUT"];
/**
 * Causes of UNIT_OF_WORK_EXPIRED: the unit went with its connection or server before Commit. One that was too slow would be
 * too slow again.
 */
const LOST: readonly string[] = ["CONNECTION_LOST", "SHUTDOWN", "SERVER_RESTARTED", "OTHER_RELEASE"];
/** Answers of a server that did nothing: it is starting, stopping, or another one than the unit's. */
const GONE: readonly string[] = ["UNIT_OF_WORK_ELSEWHERE", ...NOT_SERVING];
/** Answers to Commit that leave its outcome open, and answers of a server that has not looked at it. */
const NO_OUTCOME: readonly string[] = ["", "COMMIT_OUTCOME_UNKNOWN", "DEADLINE_EXCEEDED", "CANCELLED", "INTERNAL"];
const NOT_TAKEN: readonly string[] = ["UNIT_OF_WORK_BUSY", "UNIT_OF_WORK_NOT_FOUND", ...GONE];
/** Pauses before each Commit, milliseconds: the server keeps the outcome, so a lost answer can be asked for again. */
const COMMIT_PAUSES_MS: readonly number[] = [0, 200, 1000, 2000];

/** Options of a unit of work. */
export interface UnitOptions {
  /** `{ isolation: Isolation.ISOLATION_SERIALIZABLE }`, for example; by default read committed. */
  readonly transaction?: Partial<TransactionOptions>;
  /** For people who look at the units of a server. */
  readonly label?: string;
  /** Further reasons for which all of the work is run again. */
  readonly rerunOn?: readonly string[];
}

/** An open unit of work, for one call at a time. */
export interface Unit {
  /** The calls of a generated service, as part of the unit. Streams are refused. */
  stub<S extends ServiceShape>(service: S): Stub<S>;
  /**
   * Undoes what `work` did, and nothing else, when it throws. When that fails, the unit cannot commit. Gives the result of
   * `work`.
   */
  savepoint<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * Calls `work` with a unit of work, commits and gives its result; rolls back when it throws.
 *
 * When others were in the way, or the unit was lost with its connection or server before anything was committed, all of
 * `work` runs again, so it should have no effect but through the unit, and throw the errors of calls as they are. Rejects
 * with OutcomeUnknown when nobody can say whether it was committed; that is never followed by another run.
 */
export async function runInUnitOfWork<T>(connection: Connection, work: (unit: Unit) => Promise<T>, options: UnitOptions = {}): Promise<T> {
  const wire = wireOf(connection);
  const rerunOn = [...RERUN, ...(options.rerunOn ?? [])];
  for (let attempt = 1; ; attempt++) {
    const progress = { begun: false };
    try {
      return await runOnce(wire, work, options, progress);
    } catch (error) {
      const unreached = !progress.begun && isServiceError(error) && error.code === status.UNAVAILABLE; // nothing has been done
      if (attempt === ATTEMPTS || !(unreached || wasLost(error) || rerunOn.includes(reasonOf(error)))) throw error;
      await pause((detailsOf(error).retryDelayMs ?? 0) + jitter(10, attempt));
    }
  }
}

async function runOnce<T>(wire: Wire, work: (unit: Unit) => Promise<T>, options: UnitOptions, progress: { begun: boolean }): Promise<T> {
  const service = makeStub(wire, UnitOfWorkService);
  const begin = BeginRequest.fromPartial({ transaction: options.transaction, label: options.label });
  const { handle } = await service.begin(begin);
  progress.begun = true;
  const unit = new OpenUnit(wire, service, handle);
  try {
    const result = await work(unit);
    await unit.commit();
    return result;
  } catch (error) {
    await service.rollback(RollbackRequest.fromPartial({ handle })).catch(() => {}); // a unit that is left alone ends by itself
    throw error;
  }
}

/** Whether the error says that the unit went with its connection or server before Commit. */
function wasLost(error: unknown): boolean {
  const { reason, metadata } = detailsOf(error);
  const expired = reason === "UNIT_OF_WORK_EXPIRED" && LOST.includes(metadata["cause"] ?? "");
  return expired || GONE.includes(reason) || wasDropped(error);
}

class OpenUnit implements Unit {
  private readonly wire: Wire;
  private notUndone: unknown;

  constructor(wire: Wire, private readonly service: Stub<typeof UnitOfWorkService>, private readonly handle: string) {
    this.wire = { ...wire, headers: { ...wire.headers, [UNIT_HEADER]: handle }, streamTimeoutMs: STREAM_TIMEOUT_MS };
  }

  stub<S extends ServiceShape>(service: S): Stub<S> {
    return makeStub(this.wire, service);
  }

  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    const { handle } = this;
    const { name } = await this.service.savepoint(SavepointRequest.fromPartial({ handle }));
    try {
      const result = await work();
      await this.service.release(ReleaseRequest.fromPartial({ handle, name }));
      return result;
    } catch (cause) {
      try {
        await this.service.rollbackTo(RollbackToRequest.fromPartial({ handle, name }));
      } catch (error) {
        this.notUndone = error;
        if (error instanceof Error) error.cause ??= cause;
        throw error;
      }
      throw cause;
    }
  }

  async commit(): Promise<void> {
    if (this.notUndone !== undefined) throw this.notUndone;
    let lost: unknown;
    for (const ms of COMMIT_PAUSES_MS) {
      await pause(ms);
      try {
        await this.service.commit(CommitRequest.fromPartial({ handle: this.handle }));
        return;
      } catch (error) {
        const reason = reasonOf(error);
        if (!isServiceError(error)) throw error;
        if (wasDropped(error)) {
          if (lost === undefined) throw error;
        } else if (NO_OUTCOME.includes(reason)) {
          lost = error;
        } else if (lost === undefined || !NOT_TAKEN.includes(reason)) {
          throw error;
        }
      }
    }
    throw new OutcomeUnknown(describe(lost), { cause: lost });
  }
}
