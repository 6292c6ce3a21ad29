"""rowkeeper.client against a server that answers what a test tells it to."""

import concurrent.futures
import threading
import time
import unittest

import grpc
from google.protobuf.any_pb2 import Any
from google.rpc import code_pb2, error_details_pb2, status_pb2
from rowkeeper import client
from rowkeeper.v1 import unit_of_work_pb2 as messages
from rowkeeper.v1 import unit_of_work_pb2_grpc as services

CODES = {code.value[0]: code for code in grpc.StatusCode}


def packed(message):
    detail = Any()
    detail.Pack(message)
    return detail


def status(code, reason, *details, domain="rowkeeper", message="no", **metadata):
    info = error_details_pb2.ErrorInfo(reason=reason, domain=domain, metadata=metadata)
    return status_pb2.Status(code=code, message=message, details=[packed(info), *map(packed, details)])


class Script:
    """Answers of one method in their order, the last one for ever: messages, statuses, or functions of the context."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.calls = []

    def __call__(self, request, context):
        self.calls.append((request, dict(context.invocation_metadata())))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if callable(answer):
            answer = answer(context)
        if not isinstance(answer, status_pb2.Status):
            return answer
        context.set_trailing_metadata([("grpc-status-details-bin", answer.SerializeToString())])
        context.abort(CODES[answer.code], answer.message)


class ClientTest(unittest.TestCase):
    def setUp(self):
        self.begin = Script(messages.BeginResponse(handle="h"))
        self.get = Script(messages.UnitOfWorkInfo())
        self.commit = Script(messages.CommitResponse())
        self.rollback = Script(messages.RollbackResponse())
        self.channel = client.connect(self.serve())
        self.addCleanup(self.channel.close)
        # Any method without a part in units will do: it stands for one of a repository.
        self.call = self.channel.unary_unary("/shop.v1.Products/Get", lambda request: request.SerializeToString(),
                                             messages.UnitOfWorkInfo.FromString)

    def serve(self, address="localhost:0"):
        def handler(script, kind):
            return grpc.unary_unary_rpc_method_handler(lambda request, context: script(request, context), kind.FromString,
                                                       lambda answer: answer.SerializeToString())
        server = grpc.server(concurrent.futures.ThreadPoolExecutor(4))
        server.add_generic_rpc_handlers((
            grpc.method_handlers_generic_handler("shop.v1.Products", {"Get": handler(self.get, messages.BeginRequest)}),
            grpc.method_handlers_generic_handler("rowkeeper.v1.UnitOfWork", {
                "Begin": handler(self.begin, messages.BeginRequest),
                "Commit": handler(self.commit, messages.CommitRequest),
                "Rollback": handler(self.rollback, messages.RollbackRequest)})))
        port = server.add_insecure_port(address)
        server.start()
        self.addCleanup(lambda: server.stop(None).wait())
        self.server = server
        return f"localhost:{port}"

    def error_of(self, answer):
        self.get.answers = [answer]
        with self.assertRaises(grpc.RpcError) as raised:
            self.call(messages.BeginRequest())
        return raised.exception

    def test_decodes_details(self):
        violation = error_details_pb2.BadRequest.FieldViolation(field="product.sku", description="is empty")
        details = client.details_of(self.error_of(status(
            code_pb2.ALREADY_EXISTS, "UNIQUE_VIOLATION", error_details_pb2.BadRequest(field_violations=[violation]),
            error_details_pb2.ResourceInfo(resource_type="shop.v1.Product", resource_name="7"),
            error_details_pb2.RetryInfo(retry_delay={"nanos": 250000000}), constraint="uq_products_sku")))
        self.assertEqual(details, client.ErrorDetails(
            reason="UNIQUE_VIOLATION", metadata={"constraint": "uq_products_sku"},
            field_violations=(client.FieldViolation("product.sku", "is empty"),),
            resource=client.Resource("shop.v1.Product", "7"), retry_delay=0.25))
        self.assertEqual(details.constraint, "uq_products_sku")

    def test_errors_of_others_have_no_reason(self):
        error = self.error_of(status(code_pb2.NOT_FOUND, "GONE", domain="elsewhere"))
        self.assertEqual(client.details_of(error), client.ErrorDetails())
        self.assertEqual(client.describe(error), "NOT_FOUND : no")

    def test_details_that_do_not_parse_are_left_out(self):
        def answer(context):
            context.set_trailing_metadata([("grpc-status-details-bin", b"\xff\xff")])
            context.abort(grpc.StatusCode.INTERNAL, "no")
        self.assertEqual(client.details_of(self.error_of(answer)), client.ErrorDetails())
        broken = status_pb2.Status(code=code_pb2.INTERNAL, details=[
            Any(type_url="type.googleapis.com/google.rpc.ErrorInfo", value=b"\xff")])
        self.assertEqual(client.details_of(self.error_of(broken)), client.ErrorDetails())

    def test_sends_again_what_a_server_did_nothing_with(self):
        for reason in ("SHUTTING_DOWN", "SERVER_STARTING"):
            wait = error_details_pb2.RetryInfo(retry_delay={"nanos": 100000000})
            self.get.answers = [status(code_pb2.UNAVAILABLE, reason, wait)] * 2 + [messages.UnitOfWorkInfo(label="served")]
            begin = time.monotonic()
            self.assertEqual(self.call(messages.BeginRequest()).label, "served")
            self.assertGreaterEqual(time.monotonic() - begin, 0.2)

    def test_sends_again_what_no_method_saw(self):
        self.get.answers = [lambda context: context.abort(grpc.StatusCode.CANCELLED, "CANCELLED"), messages.UnitOfWorkInfo()]
        self.call(messages.BeginRequest())
        self.assertEqual(len(self.get.calls), 2)

    def test_gives_up_at_the_timeout(self):
        self.get.answers = [status(code_pb2.UNAVAILABLE, "SHUTTING_DOWN")]
        with self.assertRaises(grpc.RpcError) as raised:
            self.call(messages.BeginRequest(), timeout=0.5)
        self.assertIn(raised.exception.code(), (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED))
        self.assertGreater(len(self.get.calls), 1)

    def test_sends_nothing_again_that_may_have_been_executed(self):
        for answer in (status(code_pb2.UNAVAILABLE, "DATABASE_UNAVAILABLE"), status(code_pb2.UNKNOWN, "COMMIT_OUTCOME_UNKNOWN"),
                       status(code_pb2.CANCELLED, "CANCELLED", message="CANCELLED"),
                       lambda context: context.abort(grpc.StatusCode.UNAVAILABLE, "connection reset")):
            self.get.calls.clear()
            self.error_of(answer)
            self.assertEqual(len(self.get.calls), 1)

    def test_waits_for_a_server(self):
        address = f"localhost:{self.server.add_insecure_port('localhost:0')}"
        self.server.stop(None).wait()
        with client.connect(address) as channel:
            call = channel.unary_unary("/shop.v1.Products/Get", lambda request: request.SerializeToString(),
                                       messages.UnitOfWorkInfo.FromString)
            starting = threading.Timer(0.5, self.serve, [address])
            starting.start()
            self.addCleanup(starting.join)
            call(messages.BeginRequest())

    def test_calls_of_a_unit_carry_its_handle_and_are_not_sent_again(self):
        gone = status(code_pb2.UNAVAILABLE, "SHUTTING_DOWN")
        self.get.answers = [gone, messages.UnitOfWorkInfo(label="served")]

        def work(unit):
            call = unit.channel.unary_unary("/shop.v1.Products/Get", lambda request: request.SerializeToString(),
                                            messages.UnitOfWorkInfo.FromString)
            return call(messages.BeginRequest()).label
        self.assertEqual(client.run_in_unit_of_work(self.channel, work), "served")
        self.assertEqual([metadata["rowkeeper-unit-of-work"] for _, metadata in self.get.calls], ["h", "h"])
        self.assertEqual(len(self.begin.calls), 2)  # all of the work ran again, in a new unit
        self.assertEqual(len(self.rollback.calls), 1)
        self.assertEqual(len(self.commit.calls), 1)

    def test_rolls_back_and_raises_what_the_work_raises(self):
        with self.assertRaises(ZeroDivisionError):
            client.run_in_unit_of_work(self.channel, lambda unit: 1 / 0)
        self.assertEqual(len(self.rollback.calls), 1)
        self.assertEqual(self.commit.calls, [])

    def test_an_unknown_outcome_is_not_run_again(self):
        self.commit.answers = [status(code_pb2.UNKNOWN, "COMMIT_OUTCOME_UNKNOWN")]
        with self.assertRaises(client.OutcomeUnknown):
            client.run_in_unit_of_work(self.channel, lambda unit: None)
        self.assertEqual(len(self.begin.calls), 1)
        self.assertEqual(len(self.commit.calls), 4)


if __name__ == "__main__":
    unittest.main()
