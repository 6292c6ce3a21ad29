// Moves money between accounts, in one unit of work: transfer_funds ADDRESS FROM:TO:AMOUNT...
//
// A transfer that is refused is left out, and its savepoint undoes the half that was done.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"math/big"
	"os"
	"regexp"
	"strconv"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"rowkeeper.example/client"
	rowkeeperv1 "rowkeeper.example/client/v1"
	trackerv1 "rowkeeper.example/examples/gen/tracker/v1"
)

var errInsufficientFunds = errors.New("insufficient funds")

type transfer struct {
	from, to int64
	amount   *big.Rat
}

// transferFunds moves the whole amount or nothing; the unit of work can go on either way.
func transferFunds(ctx context.Context, unit *client.Unit, t transfer) error {
	accounts := trackerv1.NewAccountRepositoryClient(unit)
	return unit.Savepoint(ctx, func() error {
		if err := changeBalance(ctx, accounts, t.from, new(big.Rat).Neg(t.amount)); err != nil {
			return err
		}
		return changeBalance(ctx, accounts, t.to, t.amount)
	})
}

func changeBalance(ctx context.Context, accounts trackerv1.AccountRepositoryClient, id int64, amount *big.Rat) error {
	account, err := accounts.GetById(ctx, &trackerv1.GetAccountByIdRequest{Id: id})
	if err != nil {
		return err
	}
	balance, ok := new(big.Rat).SetString(account.Balance)
	if !ok {
		return fmt.Errorf("account %d has the balance %q", id, account.Balance)
	}
	if balance.Add(balance, amount).Sign() < 0 {
		return fmt.Errorf("%w: account %d holds %s", errInsufficientFunds, id, account.Balance)
	}
	_, err = accounts.Update(ctx, &trackerv1.UpdateAccountRequest{
		Account:    &trackerv1.Account{Id: id, Balance: balance.FloatString(2)},
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"balance"}},
	})
	return err
}

// transferAll does those that can be done, and returns a line for each.
func transferAll(ctx context.Context, unit *client.Unit, transfers []transfer) (string, error) {
	var report strings.Builder
	for _, t := range transfers {
		outcome := "done"
		err := transferFunds(ctx, unit, t)
		if errors.Is(err, errInsufficientFunds) || status.Code(err) == codes.NotFound {
			outcome = "refused, " + err.Error()
		} else if err != nil {
			return "", err // as it is, so that client.Run knows whether to run all of it again
		}
		fmt.Fprintf(&report, "%d -> %d %s: %s\n", t.from, t.to, t.amount.FloatString(2), outcome)
	}
	return report.String(), nil
}

var transferText = regexp.MustCompile(`^([0-9]{1,18}):([0-9]{1,18}):([0-9]{1,16}(?:\.[0-9]{1,2})?)$`)

func parseTransfer(text string) transfer {
	parts := transferText.FindStringSubmatch(text)
	amount := new(big.Rat)
	if parts != nil {
		amount.SetString(parts[3])
	}
	if amount.Sign() == 0 {
		log.Fatalf("%s: write FROM:TO:AMOUNT, for example 1:2:100.00, with an amount above zero in whole cents", text)
	}
	from, _ := strconv.ParseInt(parts[1], 10, 64)
	to, _ := strconv.ParseInt(parts[2], 10, 64)
	return transfer{from, to, amount}
}

func main() {
	log.SetFlags(0)
	if len(os.Args) < 3 {
		log.Fatal("usage: transfer_funds ADDRESS FROM:TO:AMOUNT...")
	}
	var transfers []transfer
	for _, text := range os.Args[2:] {
		transfers = append(transfers, parseTransfer(text))
	}
	connection, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	ctx := context.Background()
	options := client.Options{
		Transaction: &rowkeeperv1.TransactionOptions{Isolation: rowkeeperv1.Isolation_ISOLATION_SERIALIZABLE},
		Label:       "transfer_funds",
	}
	var report string
	err = client.Run(ctx, connection, options, func(unit *client.Unit) (err error) {
		report, err = transferAll(ctx, unit, transfers)
		return err
	})
	if err != nil {
		log.Fatal(client.Explain(err, "transferred"))
	}
	fmt.Print(report)
}
