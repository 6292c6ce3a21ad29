// @rowkeeper/client over TLS, with a server that requires clients' certificates: tls_test.js ADDRESS DIR
//
// DIR has the files of tests/support/certificates.sh.

import assert from "node:assert/strict";
import { test } from "node:test";

import { status } from "@grpc/grpc-js";
import { connect, isServiceError } from "@rowkeeper/client";
import type { TlsFiles } from "@rowkeeper/client";
import { ListRequest, UnitOfWorkService } from "@rowkeeper/client/v1";

const [address = "", directory = ""] = process.argv.slice(2);
const file = (name: string) => `${directory}/${name}`;
const own = (name: string) => ({ clientCertificate: file(`${name}.crt`), clientKey: file(`${name}.key`) });
const serverRoots = file("root.crt");

/** OK, or the code of the failure. */
async function call(tls?: TlsFiles): Promise<string | undefined> {
  const connection = connect(address, tls === undefined ? {} : { tls });
  try {
    await connection.stub(UnitOfWorkService).list(ListRequest.fromPartial({}), { waitForReady: false });
    return "OK";
  } catch (error) {
    assert(isServiceError(error), String(error));
    return status[error.code];
  } finally {
    connection.close();
  }
}

test("who shows a certificate and trusts the server's is served", async () => {
  assert.equal(await call({ serverRoots, ...own("client") }), "OK");
  assert.equal(await call({ serverRoots, ...own("client"), serverName: "localhost" }), "OK");
});

test("others are not", async () => {
  assert.equal(await call({ serverRoots, ...own("client"), serverName: "rows.example.org" }), "UNAVAILABLE");
  assert.equal(await call({ serverRoots: file("other.crt"), ...own("client") }), "UNAVAILABLE");
  assert.equal(await call(own("client")), "UNAVAILABLE");
  assert.equal(await call({ serverRoots }), "UNAVAILABLE");
  assert.equal(await call({ serverRoots, ...own("stranger") }), "UNAVAILABLE");
  assert.equal(await call(), "UNAVAILABLE");
});

test("files that cannot be used are refused", () => {
  const { clientCertificate, clientKey } = own("client");
  const mistakes: [TlsFiles, RegExp][] = [
    [{ serverRoots: file("none") }, /ENOENT/],
    [{ serverRoots: clientKey }, /client\.key holds no certificate/],
    [{ clientCertificate }, /go together/],
    [{ clientKey }, /go together/],
    [{ clientCertificate: clientKey, clientKey }, /client\.key holds no certificate/],
    [{ clientCertificate, clientKey: clientCertificate }, /./],
    [{ clientCertificate, clientKey: file("stranger.key") }, /./],
  ];
  for (const [tls, message] of mistakes) assert.throws(() => connect(address, { tls }), message);
});
