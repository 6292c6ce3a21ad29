"""Units of work, retries and typed errors of a Rowkeeper server, over generated stubs.

    channel = client.connect("localhost:50051")
    order = client.run_in_unit_of_work(channel, lambda unit: OrderRepositoryStub(unit.channel).Create(request))

`rowkeeper.v1` holds the stubs that those of your own .proto files import.
"""

from .channel import TIMEOUT_S, connect
from .errors import ErrorDetails, FieldViolation, OutcomeUnknown, Resource, describe, details_of, explain, reason_of
from .tls import tls_credentials
from .units import RERUN, Unit, run_in_unit_of_work

__all__ = ["RERUN", "TIMEOUT_S", "ErrorDetails", "FieldViolation", "OutcomeUnknown", "Resource", "Unit", "connect", "describe",
           "details_of", "explain", "reason_of", "run_in_unit_of_work", "tls_credentials"]
