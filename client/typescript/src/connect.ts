/** Connections whose calls survive a restart of the server. */

import { Client, credentials } from "@grpc/grpc-js";
import type { ChannelOptions } from "@grpc/grpc-js";

import { makeStub } from "./calls.js";
import type { ServiceShape, Stub, Wire } from "./calls.js";
import { tlsCredentials } from "./tls.js";
import type { TlsFiles } from "./tls.js";
import { TokenFile } from "./token.js";

const OPTIONS: ChannelOptions = {
  "grpc.keepalive_time_ms": 11_000, // the server takes a ping every 10 s
  "grpc.keepalive_timeout_ms": 10_000,
  "grpc.keepalive_permit_without_calls": 1,
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 1000,
  "grpc.max_receive_message_length": 8 << 20,
  "grpc.enable_retries": 0, // nothing is sent twice that may have been executed
};

/** Options of a connection. */
export interface ConnectOptions {
  /** Connects with TLS; `{}` trusts whom Node trusts. Plain text without it. */
  readonly tls?: TlsFiles;
  /** A file with the token to send with each call. It is read each time, so it may be replaced. Use it with `tls` beyond the machine. */
  readonly tokenFile?: string;
  /** gRPC's own; they win over those that `connect` sets. */
  readonly channelOptions?: ChannelOptions;
}

/** A connection to the server, or servers, at one address; for any number of calls at a time. */
export interface Connection {
  /** The calls of a generated service. */
  stub<S extends ServiceShape>(service: S): Stub<S>;
  /** Ends the connection, and with it the calls that still run. */
  close(): void;
}

/**
 * Makes a connection to `address`: "localhost:50051", "ipv4:10.0.0.7:50051,10.0.0.8:50051". It returns at once.
 *
 * A call waits for a server, and is sent again when one did nothing with it because it is starting or stopping, until its
 * timeout has passed: 10 s unless the call says otherwise. A call whose answer is lost is not sent again. Throws when a file
 * of the options cannot be used.
 */
export function connect(address: string, options: ConnectOptions = {}): Connection {
  return new OpenConnection(address, options);
}

/** The wire of a connection that `connect` made. */
export function wireOf(connection: Connection): Wire {
  if (!(connection instanceof OpenConnection)) throw new TypeError("the connection is not one of connect()");
  return connection.wire;
}

class OpenConnection implements Connection {
  readonly wire: Wire;

  constructor(address: string, options: ConnectOptions) {
    const { tls, tokenFile, channelOptions } = options;
    const token = tokenFile === undefined ? undefined : new TokenFile(tokenFile);
    const named = tls?.serverName === undefined ? {} : { "grpc.ssl_target_name_override": tls.serverName };
    const security = tls === undefined ? credentials.createInsecure() : tlsCredentials(tls);
    const client = new Client(address, security, { ...OPTIONS, ...named, ...channelOptions });
    this.wire = { client, authorization: token && (() => token.header()), headers: {}, streamTimeoutMs: undefined };
  }

  stub<S extends ServiceShape>(service: S): Stub<S> {
    return makeStub(this.wire, service);
  }

  close(): void {
    this.wire.client.close();
  }
}
