"""TLS to the server."""

import grpc


def tls_credentials(server_roots=None, client_certificate=None, client_key=None):
    """Credentials for `connect`, from PEM files.

    `server_roots`: who may sign the server's certificate; without it, those whom gRPC trusts by itself. `client_certificate`
    and `client_key`: what to show to a server that asks. The files are read now.
    """
    if (client_certificate is None) != (client_key is None):
        raise ValueError("client_certificate and client_key go together; one is missing")
    return grpc.ssl_channel_credentials(_read(server_roots), _read(client_key), _read(client_certificate))


def _read(path):
    if path is None:
        return None
    with open(path, "rb") as file:
        text = file.read()
    if b"-----BEGIN " not in text:
        raise ValueError(f"{path} holds no PEM, which begins with -----BEGIN")
    return text
