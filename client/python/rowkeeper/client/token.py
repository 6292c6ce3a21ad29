"""Tokens that say who calls."""

import re

import grpc

_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+")


class SendToken(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor, grpc.StreamUnaryClientInterceptor,
                grpc.StreamStreamClientInterceptor):
    """Sends the token that a file holds, which it reads for each call: it may be replaced at any time."""

    def __init__(self, path):
        self._path = path
        self._header()  # a file that cannot be used is told at once

    def _header(self):
        with open(self._path, encoding="ascii", errors="replace") as file:
            token = file.read().strip()
        if not _TOKEN.fullmatch(token):
            raise ValueError(f"{self._path} holds no token, letters and digits and .-_~+/= in one line")
        return "authorization", f"Bearer {token}"

    def _with_token(self, details):
        return details._replace(metadata=[*(details.metadata or ()), self._header()])

    def intercept_unary_unary(self, continuation, details, request):
        return continuation(self._with_token(details), request)

    intercept_unary_stream = intercept_stream_unary = intercept_stream_stream = intercept_unary_unary
