/** TLS to the server. */

import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";

import { credentials } from "@grpc/grpc-js";
import type { ChannelCredentials } from "@grpc/grpc-js";

/** The PEM files of a connection with TLS; each may be left out. */
export interface TlsFiles {
  /** Who may sign the server's certificate; without it, those whom Node trusts. */
  readonly serverRoots?: string;
  /** What to show to a server that asks; goes together with `clientKey`. */
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  /** The name that the server's certificate must have; without it, the host of the address. */
  readonly serverName?: string;
}

/** Reads the files. Throws when one cannot be read or used. */
export function tlsCredentials(files: TlsFiles): ChannelCredentials {
  if ((files.clientCertificate === undefined) !== (files.clientKey === undefined)) {
    throw new TypeError("clientCertificate and clientKey go together; one is missing");
  }
  const roots = certificate(files.serverRoots);
  const own = certificate(files.clientCertificate);
  const key = files.clientKey === undefined ? null : readFileSync(files.clientKey);
  return credentials.createSsl(roots, key, own);
}

function certificate(path: string | undefined): Buffer | null {
  if (path === undefined) return null;
  const text = readFileSync(path);
  try {
    new X509Certificate(text);
  } catch (cause) {
    throw new TypeError(`${path} holds no certificate, which begins with -----BEGIN CERTIFICATE`, { cause });
  }
  return text;
}
