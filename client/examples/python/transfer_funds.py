"""Moves money between two accounts: transfer_funds.py ADDRESS FROM TO AMOUNT"""

import sys
from decimal import Decimal

import grpc
from google.protobuf.field_mask_pb2 import FieldMask
from rowkeeper.v1.unit_of_work_pb2 import ISOLATION_SERIALIZABLE
from tracker.v1 import account_pb2, account_pb2_grpc
from unit_of_work import reason_of, run_in_unit_of_work


class InsufficientFunds(Exception):
    pass


def transfer_funds(unit, from_id, to_id, amount):
    """Moves all of `amount` or nothing; the caller may catch the refusal and go on with the unit."""
    if amount <= 0:
        raise ValueError("the amount must be above zero")
    accounts = account_pb2_grpc.AccountRepositoryStub(unit.channel)
    with unit.savepoint():
        change_balance(accounts, from_id, -amount)
        change_balance(accounts, to_id, amount)


def change_balance(accounts, account_id, amount):
    account = accounts.GetById(account_pb2.GetAccountByIdRequest(id=account_id))
    balance = Decimal(account.balance) + amount
    if balance < 0:
        raise InsufficientFunds(f"account {account_id} holds {account.balance} {account.currency}, not {-amount}")
    changed = account_pb2.Account(id=account_id, balance=str(balance), version=account.version)
    accounts.Update(account_pb2.UpdateAccountRequest(account=changed, update_mask=FieldMask(paths=["balance"])))


def main(address, from_id, to_id, amount):
    def work(unit):
        transfer_funds(unit, int(from_id), int(to_id), Decimal(amount))

    with grpc.insecure_channel(address) as channel:
        try:
            run_in_unit_of_work(channel, work, ISOLATION_SERIALIZABLE)
        except (InsufficientFunds, ValueError) as refusal:
            sys.exit(f"refused: {refusal}")
        except grpc.RpcError as error:
            sys.exit(f"{error.code().name} {reason_of(error)}: {error.details()}")
    print(f"moved {amount} from account {from_id} to account {to_id}")


if __name__ == "__main__":
    main(*sys.argv[1:])
