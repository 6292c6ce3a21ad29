// Moves money between two accounts: transfer_funds ADDRESS FROM TO AMOUNT
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"math/big"
	"os"
	"strconv"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	rowkeeperv1 "rowkeeper.example/gen/rowkeeper/v1"
	trackerv1 "rowkeeper.example/gen/tracker/v1"
	"rowkeeper.example/unitofwork"
)

var errInsufficientFunds = errors.New("insufficient funds")

// transferFunds moves all of amount or nothing; the caller may take the refusal and go on with the unit of work.
func transferFunds(ctx context.Context, accounts trackerv1.AccountRepositoryClient, from, to int64, amount *big.Rat) error {
	if amount.Sign() <= 0 || !new(big.Rat).Mul(amount, big.NewRat(100, 1)).IsInt() {
		return errors.New("the amount must be above zero, in whole cents")
	}
	return unitofwork.Savepoint(ctx, func(ctx context.Context) error {
		if err := changeBalance(ctx, accounts, from, new(big.Rat).Neg(amount)); err != nil {
			return err
		}
		return changeBalance(ctx, accounts, to, amount)
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
		return fmt.Errorf("%w: account %d holds %s %s", errInsufficientFunds, id, account.Balance, account.Currency)
	}
	_, err = accounts.Update(ctx, &trackerv1.UpdateAccountRequest{
		Account:    &trackerv1.Account{Id: id, Balance: balance.FloatString(2), Version: account.Version},
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"balance"}},
	})
	return err
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 5 {
		log.Fatal("usage: transfer_funds ADDRESS FROM TO AMOUNT")
	}
	from, fromErr := strconv.ParseInt(os.Args[2], 10, 64)
	to, toErr := strconv.ParseInt(os.Args[3], 10, 64)
	amount, ok := new(big.Rat).SetString(os.Args[4])
	if fromErr != nil || toErr != nil || !ok {
		log.Fatal("FROM, TO and AMOUNT must be numbers")
	}
	connection, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithUnaryInterceptor(unitofwork.Interceptor))
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	accounts := trackerv1.NewAccountRepositoryClient(connection)
	serializable := &rowkeeperv1.TransactionOptions{Isolation: rowkeeperv1.Isolation_ISOLATION_SERIALIZABLE}
	err = unitofwork.Run(context.Background(), connection, serializable, func(ctx context.Context) error {
		return transferFunds(ctx, accounts, from, to, amount)
	})
	if err != nil {
		log.Fatalf("refused: %v", err)
	}
	fmt.Printf("moved %s from account %d to account %d\n", amount.FloatString(2), from, to)
}
