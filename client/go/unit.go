// Package client is for callers of a Rowkeeper server, over generated stubs: units of work, retries and typed errors.
//
// A unit is a connection. What stubs made over it do is part of the unit:
//
//	connection, err := client.Connect("localhost:50051")
//	err = client.Run(ctx, connection, client.Options{}, func(unit *client.Unit) error {
//		_, err := shopv1.NewProductRepositoryClient(unit).Update(ctx, request)
//		return err
//	})
package client

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	rowkeeperv1 "rowkeeper.example/client/v1"
)

const attempts = 10

var (
	// Answers to Commit that leave its outcome open, and answers of a server that has not looked at it.
	noOutcome = []string{"", "COMMIT_OUTCOME_UNKNOWN", "DEADLINE_EXCEEDED", "CANCELLED", "INTERNAL"}
	notTaken  = []string{"UNIT_OF_WORK_BUSY", "UNIT_OF_WORK_NOT_FOUND", "UNIT_OF_WORK_ELSEWHERE", "SHUTTING_DOWN",
		"SERVER_STARTING"}
	// Causes of UNIT_OF_WORK_EXPIRED: the unit went with its connection or server before Commit. One that was too slow
	// would be too slow again.
	lostCauses = []string{"CONNECTION_LOST", "SHUTDOWN", "SERVER_RESTARTED", "OTHER_RELEASE"}
	// Answers of a server that did nothing: it is starting, stopping, or another one than the unit's.
	gone = []string{"UNIT_OF_WORK_ELSEWHERE", "SHUTTING_DOWN", "SERVER_STARTING"}
)

// Options of a unit of work.
type Options struct {
	Transaction *rowkeeperv1.TransactionOptions
	// Label is for people who look at the units of a server.
	Label string
	// RerunOn are further reasons for which all of the work is run again.
	RerunOn []string
}

// Unit is an open unit of work, for one goroutine. It implements grpc.ClientConnInterface.
type Unit struct {
	connection grpc.ClientConnInterface
	service    rowkeeperv1.UnitOfWorkClient
	handle     string
	notUndone  error
}

// Invoke adds the header of the unit, and a deadline where there is none.
func (u *Unit) Invoke(ctx context.Context, method string, request, reply any, options ...grpc.CallOption) error {
	ctx, cancel := limited(u.inUnit(ctx))
	defer cancel()
	return u.connection.Invoke(ctx, method, request, reply, options...)
}

// NewStream adds the header of the unit.
func (u *Unit) NewStream(ctx context.Context, description *grpc.StreamDesc, method string, options ...grpc.CallOption) (grpc.ClientStream, error) {
	return u.connection.NewStream(u.inUnit(ctx), description, method, options...)
}

func (u *Unit) inUnit(ctx context.Context) context.Context {
	return metadata.AppendToOutgoingContext(ctx, unitHeader, u.handle)
}

// Run calls work in a unit of work and commits; it rolls back when work fails.
//
// When others were in the way, or the unit was lost with its connection or server before anything was committed, all of
// work runs again, so it should have no effect but through the unit. ErrOutcomeUnknown is returned, never followed by
// another run.
func Run(ctx context.Context, connection grpc.ClientConnInterface, options Options, work func(unit *Unit) error) error {
	rerunOn := append([]string{"SERIALIZATION_FAILURE", "DEADLOCK", "LOCK_TIMEOUT"}, options.RerunOn...)
	for attempt := 1; ; attempt++ {
		begun, err := runOnce(ctx, connection, options, work)
		unreached := !begun && status.Code(err) == codes.Unavailable // nothing has been done
		if err == nil || attempt == attempts || !(unreached || wasLost(err) || in(rerunOn, Reason(err))) {
			return err
		}
		if !sleep(ctx, DetailsOf(err).RetryDelay+jitter(10*time.Millisecond, attempt)) {
			return err
		}
	}
}

// runOnce says whether a unit was begun, too.
func runOnce(ctx context.Context, connection grpc.ClientConnInterface, options Options, work func(unit *Unit) error) (bool, error) {
	service := rowkeeperv1.NewUnitOfWorkClient(connection)
	beginning, cancel := limited(ctx)
	defer cancel()
	begun, err := service.Begin(beginning, &rowkeeperv1.BeginRequest{Transaction: options.Transaction, Label: options.Label})
	if err != nil {
		return false, err
	}
	unit := &Unit{connection: connection, service: service, handle: begun.Handle}
	committed := false
	defer func() {
		if !committed { // also when ctx is over or work panics; a unit that is left alone ends by itself
			ending, cancel := limited(context.Background())
			defer cancel()
			_, _ = service.Rollback(ending, &rowkeeperv1.RollbackRequest{Handle: unit.handle})
		}
	}()
	if err = work(unit); err == nil {
		err = unit.commit(ctx)
	}
	committed = err == nil
	return true, err
}

func (u *Unit) commit(ctx context.Context) error {
	if u.notUndone != nil {
		return u.notUndone
	}
	if ctx.Err() != nil {
		return status.FromContextError(ctx.Err()).Err()
	}
	var lost error
	// The server keeps the outcome, so a lost answer can be asked for again.
	for _, pause := range []time.Duration{0, 200 * time.Millisecond, time.Second, 2 * time.Second} {
		time.Sleep(pause)
		asking, cancel := limited(ctx)
		_, err := u.service.Commit(asking, &rowkeeperv1.CommitRequest{Handle: u.handle})
		cancel()
		if err == nil {
			return nil
		}
		if wasDropped(err) {
			if lost == nil {
				return err
			}
		} else if in(noOutcome, Reason(err)) {
			lost = err
		} else if lost == nil || !in(notTaken, Reason(err)) {
			return err
		}
	}
	return fmt.Errorf("%w: %v", ErrOutcomeUnknown, lost)
}

// Savepoint undoes what work did, and nothing else, when it fails. When it cannot be undone, the unit cannot commit.
func (u *Unit) Savepoint(ctx context.Context, work func() error) error {
	marking, cancel := limited(ctx)
	defer cancel()
	made, err := u.service.Savepoint(marking, &rowkeeperv1.SavepointRequest{Handle: u.handle})
	if err != nil {
		return err
	}
	if err = work(); err == nil {
		releasing, cancel := limited(ctx)
		defer cancel()
		_, err = u.service.Release(releasing, &rowkeeperv1.ReleaseRequest{Handle: u.handle, Name: made.Name})
	}
	if err != nil {
		undoing, cancel := limited(ctx)
		defer cancel()
		if _, e := u.service.RollbackTo(undoing, &rowkeeperv1.RollbackToRequest{Handle: u.handle, Name: made.Name}); e != nil {
			u.notUndone = fmt.Errorf("%v; savepoint not undone: %w", err, e)
			return u.notUndone
		}
	}
	return err
}

// wasLost says whether the unit went with its connection or server before Commit.
func wasLost(err error) bool {
	if wasDropped(err) || in(gone, Reason(err)) {
		return true
	}
	details := DetailsOf(err)
	return details.Reason == "UNIT_OF_WORK_EXPIRED" && in(lostCauses, details.Metadata["cause"])
}

func in(reasons []string, reason string) bool {
	for _, one := range reasons {
		if one == reason {
			return true
		}
	}
	return false
}
