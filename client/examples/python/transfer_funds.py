"""Moves money between accounts, in one unit of work: transfer_funds.py ADDRESS FROM:TO:AMOUNT...

A transfer that is refused is left out, and its savepoint undoes the half that was done.
"""

import re
import sys
from decimal import Decimal

import grpc
from google.protobuf.field_mask_pb2 import FieldMask
from rowkeeper.client import OutcomeUnknown, explain, run_in_unit_of_work
from rowkeeper.v1.unit_of_work_pb2 import ISOLATION_SERIALIZABLE
from tracker.v1 import account_pb2, account_pb2_grpc


class InsufficientFunds(Exception):
    pass


def transfer_funds(unit, from_id, to_id, amount):
    """Moves the whole amount or nothing; the unit can go on either way."""
    accounts = account_pb2_grpc.AccountRepositoryStub(unit.channel)
    with unit.savepoint():
        change_balance(accounts, from_id, -amount)
        change_balance(accounts, to_id, amount)


def change_balance(accounts, account_id, amount):
    account = accounts.GetById(account_pb2.GetAccountByIdRequest(id=account_id))
    balance = Decimal(account.balance) + amount
    if balance < 0:
        raise InsufficientFunds(f"insufficient funds: account {account_id} holds {account.balance}")
    changed = account_pb2.Account(id=account_id, balance=str(balance))
    accounts.Update(account_pb2.UpdateAccountRequest(account=changed, update_mask=FieldMask(paths=["balance"])))


def transfer_all(unit, transfers):
    """Does those that can be done, and returns a line for each."""
    report = []
    for from_id, to_id, amount in transfers:
        try:
            transfer_funds(unit, from_id, to_id, amount)
            outcome = "done"
        except InsufficientFunds as refusal:
            outcome = f"refused, {refusal}"
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.NOT_FOUND:
                raise  # as it is, so that run_in_unit_of_work knows whether to run all of it again
            outcome = f"refused, {error.details()}"
        report.append(f"{from_id} -> {to_id} {amount:.2f}: {outcome}")
    return report


def parse_transfer(text):
    parts = re.fullmatch(r"([0-9]{1,18}):([0-9]{1,18}):([0-9]{1,16}(?:\.[0-9]{1,2})?)", text)
    if not parts or Decimal(parts[3]) == 0:
        sys.exit(f"{text}: write FROM:TO:AMOUNT, for example 1:2:100.00, with an amount above zero in whole cents")
    return int(parts[1]), int(parts[2]), Decimal(parts[3])


def main(address, *arguments):
    transfers = [parse_transfer(text) for text in arguments]
    with grpc.insecure_channel(address) as channel:
        try:
            report = run_in_unit_of_work(channel, lambda unit: transfer_all(unit, transfers), ISOLATION_SERIALIZABLE,
                                         label="transfer_funds")
        except (grpc.RpcError, OutcomeUnknown) as error:
            sys.exit(explain(error, "transferred"))
    print(*report, sep="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
