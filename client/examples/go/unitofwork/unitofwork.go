// Package unitofwork runs functions in units of work of a Rowkeeper server, over generated stubs. The stubs of the
// examples are made with protoc, protoc-gen-go and protoc-gen-go-grpc into gen/, as tests/clients/go_units_test.sh does.
//
// Give Interceptor to the connection. Stubs on it are then part of the unit of work that their context is in:
//
//	connection, err := grpc.NewClient(address, grpc.WithUnaryInterceptor(unitofwork.Interceptor), …)
//	err = unitofwork.Run(ctx, connection, options, func(ctx context.Context) error {
//		_, err := accounts.Update(ctx, request)
//		return err
//	})
package unitofwork

import (
	"context"
	"math/rand"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	rowkeeperv1 "rowkeeper.example/gen/rowkeeper/v1"
)

const (
	attempts    = 10
	callTimeout = 10 * time.Second
)

type unit struct {
	handle  string
	service rowkeeperv1.UnitOfWorkClient
}

type unitKey struct{}

// Interceptor adds the header of the context's unit of work, and a deadline where there is none.
func Interceptor(ctx context.Context, method string, request, reply any, connection *grpc.ClientConn,
	invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
	if u, inUnit := ctx.Value(unitKey{}).(unit); inUnit {
		ctx = metadata.AppendToOutgoingContext(ctx, "rowkeeper-unit-of-work", u.handle)
	}
	if _, limited := ctx.Deadline(); !limited {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, callTimeout)
		defer cancel()
	}
	return invoke(ctx, method, request, reply, connection, options...)
}

// Run calls work in a unit of work and commits; it rolls back when work fails.
//
// When others were in the way, all of work runs again, so it should have no effect but through the unit. An error that
// leaves open whether the commit happened is returned, never followed by another run.
func Run(ctx context.Context, connection grpc.ClientConnInterface, options *rowkeeperv1.TransactionOptions,
	work func(ctx context.Context) error) error {
	random := rand.New(rand.NewSource(time.Now().UnixNano()))
	for attempt := 1; ; attempt++ {
		err := runOnce(ctx, connection, options, work)
		if err == nil || attempt == attempts || !mayRunAgain(err) {
			return err
		}
		pause := retryDelay(err) + time.Duration(random.Int63n(int64(10*time.Millisecond)<<attempt))
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}

func runOnce(ctx context.Context, connection grpc.ClientConnInterface, options *rowkeeperv1.TransactionOptions,
	work func(ctx context.Context) error) error {
	service := rowkeeperv1.NewUnitOfWorkClient(connection)
	begun, err := service.Begin(ctx, &rowkeeperv1.BeginRequest{Transaction: options})
	if err != nil {
		return err
	}
	committed := false
	defer func() {
		if !committed { // also when ctx is over or work panics; a unit that is left alone ends by itself
			_, _ = service.Rollback(context.Background(), &rowkeeperv1.RollbackRequest{Handle: begun.Handle})
		}
	}()
	if err = work(context.WithValue(ctx, unitKey{}, unit{begun.Handle, service})); err != nil {
		return err
	}
	_, err = service.Commit(ctx, &rowkeeperv1.CommitRequest{Handle: begun.Handle})
	committed = err == nil
	return err
}

// Savepoint undoes what work did, and nothing else, when it fails. ctx is one that Run gave.
func Savepoint(ctx context.Context, work func(ctx context.Context) error) error {
	u := ctx.Value(unitKey{}).(unit)
	outside := context.WithValue(ctx, unitKey{}, nil)
	made, err := u.service.Savepoint(outside, &rowkeeperv1.SavepointRequest{Handle: u.handle})
	if err != nil {
		return err
	}
	if err = work(ctx); err != nil {
		// work's error says more than one of this call could.
		_, _ = u.service.RollbackTo(outside, &rowkeeperv1.RollbackToRequest{Handle: u.handle, Name: made.Name})
		return err
	}
	_, err = u.service.Release(outside, &rowkeeperv1.ReleaseRequest{Handle: u.handle, Name: made.Name})
	return err
}

// Reason is the reason of a Rowkeeper error, "VERSION_MISMATCH" for example, or "" when the error came from elsewhere.
func Reason(err error) string {
	for _, detail := range status.Convert(err).Details() {
		if info, is := detail.(*errdetails.ErrorInfo); is {
			return info.Reason
		}
	}
	return ""
}

func mayRunAgain(err error) bool {
	switch Reason(err) {
	case "SERIALIZATION_FAILURE", "DEADLOCK", "LOCK_TIMEOUT":
		return true
	}
	return false
}

func retryDelay(err error) time.Duration {
	for _, detail := range status.Convert(err).Details() {
		if info, is := detail.(*errdetails.RetryInfo); is {
			return info.RetryDelay.AsDuration()
		}
	}
	return 0
}
