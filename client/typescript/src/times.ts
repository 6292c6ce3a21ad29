/** How long to wait, and until when. */

import { setTimeout } from "node:timers/promises";

/** A random time below `firstMs`, twice of it after the first attempt, and so on up to a second. Milliseconds. */
export function jitter(firstMs: number, attempt: number): number {
  return Math.random() * Math.min(firstMs * 2 ** attempt, 1000);
}

export function pause(ms: number): Promise<void> {
  return setTimeout(ms);
}

/** The end of a call, by a clock that nobody sets. */
export class Deadline {
  private readonly end: number;

  constructor(timeoutMs: number) {
    this.end = performance.now() + timeoutMs;
  }

  /** The same as a time of day, as gRPC wants it. */
  toDate(): Date {
    return new Date(Date.now() + Math.max(this.leftMs(), 0));
  }

  /** Waits, and says whether there is time left afterwards; if not, or when the signal aborts, it returns at once. */
  async allowsPause(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
    if (this.leftMs() <= ms) return false;
    try {
      await setTimeout(ms, undefined, signal === undefined ? {} : { signal });
      return true;
    } catch {
      return false; // the signal: the call is over
    }
  }

  private leftMs(): number {
    return this.end - performance.now();
  }
}
