"""Publishes a file of keys over TLS, as an issuer of tokens does, until it is ended.

usage: key_server.py PORT CERTIFICATE KEY FILE
Prints a line when it listens, and one for each request.
"""

import hashlib
import http.server
import ssl
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    file = ""

    def do_GET(self):
        with open(self.file, "rb") as file:
            keys = file.read()
        tag = f'"{hashlib.sha256(keys).hexdigest()}"'
        known = self.headers.get("If-None-Match") == tag
        print(self.path, "unchanged" if known else "sent", flush=True)
        self.send_response(304 if known else 200)
        self.send_header("ETag", tag)
        self.send_header("Cache-Control", "public, max-age=3600")
        if not known:
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(keys)))
        self.end_headers()
        if not known:
            self.wfile.write(keys)

    def log_message(self, *_):
        pass


def main(port, certificate, key, file):
    Handler.file = file
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    print("listening", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
