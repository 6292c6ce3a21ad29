/** Streams of grpc-js as asynchronous iterations. */

import type { EventEmitter } from "node:events";
import type { Readable } from "node:stream";

import type { Metadata } from "@grpc/grpc-js";

/** What all calls of grpc-js have. */
interface Call extends EventEmitter {
  cancel(): void;
}

/** What those have that send a stream. */
interface SendingCall extends Call {
  write(request: unknown, sent: (error?: Error | null) => void): boolean;
  end(): void;
}

/** Lets the options' signal cancel the call, and hands its trailers over. Gives the call. */
export function withSignal<C extends Call>(
  call: C,
  options: { readonly signal?: AbortSignal; readonly onTrailers?: (trailers: Metadata) => void },
): C {
  const cancel = (): void => call.cancel();
  // Nobody listens any more once the iteration was left, and an error without a listener would end the process.
  call.on("error", () => {});
  call.once("status", ({ metadata }: { metadata: Metadata }) => {
    options.signal?.removeEventListener("abort", cancel);
    options.onTrailers?.(metadata);
  });
  if (options.signal?.aborted) cancel();
  else options.signal?.addEventListener("abort", cancel);
  return call;
}

/** Yields the answers; throws the status of the call when it is an error, and cancels it when nobody iterates any more. */
export async function* receive(call: Call & Readable): AsyncIterable<unknown> {
  try {
    for await (const answer of call) yield answer;
  } finally {
    call.cancel();
  }
}

/**
 * Sends the requests, each after the one before it has left, and ends the stream of them; stops when the call has ended.
 * When the iteration throws, the call is cancelled, and what it threw is thrown here; what had been sent may be executed.
 */
export async function sendAll(call: SendingCall, requests: Iterable<unknown> | AsyncIterable<unknown>): Promise<void> {
  let ended = false;
  const end = new Promise<void>((resolve) => {
    call.once("status", () => {
      ended = true;
      resolve();
    });
  });
  try {
    for await (const request of requests) {
      if (ended) return;
      await Promise.race([end, new Promise<void>((resolve) => call.write(request, () => resolve()))]);
    }
  } catch (error) {
    call.cancel();
    throw error;
  }
  call.end();
}
