"""Channels whose calls survive a restart of the server."""

import itertools
import random
import time
from typing import NamedTuple, Optional, Sequence

import grpc

from .errors import NOT_SERVING, details_of, was_dropped
from .token import SendToken

#: Longest time of a call that sets no timeout, seconds.
TIMEOUT_S = 10
UNIT_HEADER = "rowkeeper-unit-of-work"
_UNIT_SERVICE = "/rowkeeper.v1.UnitOfWork/"
_OPTIONS = (
    ("grpc.keepalive_time_ms", 11000),  # the server takes a ping every 10 s
    ("grpc.keepalive_timeout_ms", 10000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1000),
    ("grpc.max_receive_message_length", 8 << 20),
    ("grpc.enable_retries", 0),  # nothing is sent twice that may have been executed
)


def connect(address, credentials=None, options: Sequence = (), server_name=None, token_file=None):
    """A channel to the server, or servers, at `address`: "localhost:50051", "ipv4:10.0.0.7:50051,10.0.0.8:50051".

    A call waits for a server, and is sent again when one did nothing with it because it is starting or stopping, until its
    timeout has passed: 10 s unless the call says otherwise. A call whose answer is lost is not sent again. `future` blocks
    its caller meanwhile. Plain text without `credentials`, which `tls_credentials` makes; `server_name` is
    what the server's certificate must be for, by default the host of the address. `token_file` names a file with the token to
    send with each call; it is read each time, so it may be replaced. ValueError when it holds no token. `options` are gRPC's and win over those of this
    function.
    """
    arguments = [*_OPTIONS, *options]
    if server_name is not None:
        arguments.append(("grpc.ssl_target_name_override", server_name))
    if credentials is None:
        channel = grpc.insecure_channel(address, arguments)
    else:
        channel = grpc.secure_channel(address, credentials, arguments)
    tokens = [] if token_file is None else [SendToken(token_file)]
    return grpc.intercept_channel(channel, _SendAgain(), *tokens)


class CallDetails(NamedTuple):
    """grpc.ClientCallDetails, which gRPC leaves to interceptors to implement."""

    method: str
    timeout: Optional[float]
    metadata: Optional[Sequence]
    credentials: Optional[grpc.CallCredentials]
    wait_for_ready: Optional[bool]
    compression: Optional[grpc.Compression]


class _SendAgain(grpc.UnaryUnaryClientInterceptor):
    def intercept_unary_unary(self, continuation, details, request):
        end = time.monotonic() + (TIMEOUT_S if details.timeout is None else details.timeout)
        wait = True if details.wait_for_ready is None else details.wait_for_ready
        for attempt in itertools.count():
            left = max(end - time.monotonic(), 0)
            call = continuation(CallDetails(details.method, left, details.metadata, details.credentials, wait,
                                            details.compression), request)
            error = call.exception()
            if not isinstance(error, grpc.RpcError) or _is_of_unit(details) or not _did_nothing(error):
                return call
            pause = (details_of(error).retry_delay or 0) + random.uniform(0, min(0.05 * 2**attempt, 1))
            if time.monotonic() + pause >= end:
                return call
            time.sleep(pause)


def _did_nothing(error):
    return details_of(error).reason in NOT_SERVING or was_dropped(error)


def _is_of_unit(details):
    """Another server knows nothing of the unit: all of it has to run again, which run_in_unit_of_work does."""
    of_service = details.method.startswith(_UNIT_SERVICE) and details.method != _UNIT_SERVICE + "Begin"
    return of_service or any(name == UNIT_HEADER for name, _ in details.metadata or ())
