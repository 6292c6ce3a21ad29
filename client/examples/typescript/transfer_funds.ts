// Moves money between accounts, in one unit of work: transfer_funds.js ADDRESS FROM:TO:AMOUNT...
//
// A transfer that is refused is left out, and its savepoint undoes the half that was done.

import { connect, explain, isServiceError, runInUnitOfWork } from "@rowkeeper/client";
import type { Stub, Unit } from "@rowkeeper/client";
import { Isolation } from "@rowkeeper/client/v1";
import { status } from "@grpc/grpc-js";

import { AccountRepositoryService, GetAccountByIdRequest, UpdateAccountRequest } from "./gen/tracker/v1/account.js";

class InsufficientFunds extends Error {}

interface Transfer {
  readonly from: bigint;
  readonly to: bigint;
  readonly cents: bigint;
}

/** Moves the whole amount or nothing; the unit can go on either way. */
function transferFunds(unit: Unit, { from, to, cents }: Transfer): Promise<void> {
  const accounts = unit.stub(AccountRepositoryService);
  return unit.savepoint(async () => {
    await changeBalance(accounts, from, -cents);
    await changeBalance(accounts, to, cents);
  });
}

async function changeBalance(accounts: Stub<typeof AccountRepositoryService>, id: bigint, cents: bigint): Promise<void> {
  const account = await accounts.getById(GetAccountByIdRequest.fromPartial({ id }));
  const balance = parseCents(account.balance) + cents;
  if (balance < 0n) throw new InsufficientFunds(`insufficient funds: account ${id} holds ${account.balance}`);
  await accounts.update(UpdateAccountRequest.fromPartial({ account: { id, balance: formatCents(balance) }, updateMask: ["balance"] }));
}

/** Does those that can be done, and gives a line for each. */
async function transferAll(unit: Unit, transfers: readonly Transfer[]): Promise<string[]> {
  const report: string[] = [];
  for (const transfer of transfers) {
    report.push(`${transfer.from} -> ${transfer.to} ${formatCents(transfer.cents)}: ${await outcomeOf(unit, transfer)}`);
  }
  return report;
}

async function outcomeOf(unit: Unit, transfer: Transfer): Promise<string> {
  try {
    await transferFunds(unit, transfer);
    return "done";
  } catch (error) {
    if (error instanceof InsufficientFunds) return `refused, ${error.message}`;
    if (isServiceError(error) && error.code === status.NOT_FOUND) return `refused, ${error.details}`;
    throw error; // as it is, so that runInUnitOfWork knows whether to run all of it again
  }
}

/** "-1234.5" -> -123450n: a decimal with at most two decimals, exactly. */
function parseCents(text: string): bigint {
  const parts = /^(-?)([0-9]+)(?:\.([0-9]{1,2}))?$/.exec(text);
  if (!parts) throw new Error(`${text} is no amount in whole cents`);
  const cents = BigInt(`${parts[2]}${(parts[3] ?? "").padEnd(2, "0")}`);
  return parts[1] === "-" ? -cents : cents;
}

/** 123450n -> "1234.50". */
function formatCents(cents: bigint): string {
  const digits = cents.toString().padStart(3, "0");
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function parseTransfer(text: string): Transfer {
  const [, from, to, amount] = /^([0-9]{1,18}):([0-9]{1,18}):([0-9]{1,16}(?:\.[0-9]{1,2})?)$/.exec(text) ?? [];
  if (from === undefined || to === undefined || amount === undefined || parseCents(amount) === 0n) {
    console.error(`${text}: write FROM:TO:AMOUNT, for example 1:2:100.00, with an amount above zero in whole cents`);
    process.exit(1);
  }
  return { from: BigInt(from), to: BigInt(to), cents: parseCents(amount) };
}

const [address, ...texts] = process.argv.slice(2);
if (address === undefined || texts.length === 0) {
  console.error("usage: transfer_funds.js ADDRESS FROM:TO:AMOUNT...");
  process.exit(2);
}
const transfers = texts.map(parseTransfer);
const connection = connect(address);
try {
  const report = await runInUnitOfWork(connection, (unit) => transferAll(unit, transfers), {
    transaction: { isolation: Isolation.ISOLATION_SERIALIZABLE },
    label: "transfer_funds",
  });
  console.log(report.join("\n"));
} catch (error) {
  console.error(explain(error, "transferred"));
  process.exitCode = 1;
} finally {
  connection.close();
}
