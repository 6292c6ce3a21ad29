"""A collector made of OpenTelemetry's own package: writes each span that comes by OTLP as a line of JSON.

usage: trace_collector.py SPANS READY [--unix PATH] [--tls CERTIFICATE KEY] [--metadata FILE]
Appends to SPANS. Listens on a port of 127.0.0.1, or at PATH alone; READY gets the port, or the word "unix". FILE gets
the metadata of the last call that came, a line each.
"""

import argparse
import concurrent.futures
import json
import os
import signal

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc
from opentelemetry.proto.trace.v1 import trace_pb2


def value_of(value):
    return getattr(value, value.WhichOneof("value"))


def attributes_of(message):
    found = {attribute.key: value_of(attribute.value) for attribute in message.attributes}
    assert len(found) == len(message.attributes), f"a key comes twice in {message.attributes}"
    return found


def plain(span, resource):
    return {
        "trace": span.trace_id.hex(),
        "id": span.span_id.hex(),
        "parent": span.parent_span_id.hex(),
        "state": span.trace_state,
        "flags": span.flags,
        "name": span.name,
        "kind": trace_pb2.Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
        "start": span.start_time_unix_nano,
        "end": span.end_time_unix_nano,
        "error": span.status.code == trace_pb2.Status.STATUS_CODE_ERROR,
        "attributes": attributes_of(span),
        "resource": resource,
    }


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    def __init__(self, path, metadata):
        self.file = open(path, "a", encoding="utf-8")
        self.metadata = metadata

    def Export(self, request, context):
        if self.metadata:
            with open(self.metadata, "w", encoding="utf-8") as file:
                file.writelines(f"{key}: {value}\n" for key, value in context.invocation_metadata())
        lines = [
            json.dumps(plain(span, attributes_of(spans.resource))) + "\n"
            for spans in request.resource_spans
            for scope in spans.scope_spans
            for span in scope.spans
        ]
        self.file.write("".join(lines))
        self.file.flush()
        return trace_service_pb2.ExportTraceServiceResponse()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("spans")
    parser.add_argument("ready")
    parser.add_argument("--unix")
    parser.add_argument("--tls", nargs=2)
    parser.add_argument("--metadata")
    options = parser.parse_args()
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(max_workers=1))
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(Collector(options.spans, options.metadata), server)
    address = f"unix:{options.unix}" if options.unix else "127.0.0.1:0"
    if options.tls:
        certificate, key = (open(path, "rb").read() for path in options.tls)
        port = server.add_secure_port(address, grpc.ssl_server_credentials([(key, certificate)]))
    else:
        port = server.add_insecure_port(address)
    server.start()
    with open(options.ready + ".new", "w", encoding="utf-8") as file:
        file.write("unix" if options.unix else str(port))
    os.rename(options.ready + ".new", options.ready)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    server.stop(grace=None).wait()


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main()
