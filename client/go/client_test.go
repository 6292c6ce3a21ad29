package client

import (
	"context"
	"errors"
	"net"
	"reflect"
	"sync"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	rowkeeperv1 "rowkeeper.example/client/v1"
)

// server answers what a test tells it to, and counts.
type server struct {
	rowkeeperv1.UnimplementedUnitOfWorkServer
	mutex                    sync.Mutex
	begun, commits, rollback int
	commitError              error
	// Answers of the method of a repository in their order, the last one for ever; nil is a success.
	answers []error
	handles [][]string
}

func (s *server) Begin(context.Context, *rowkeeperv1.BeginRequest) (*rowkeeperv1.BeginResponse, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.begun++
	return &rowkeeperv1.BeginResponse{Handle: "h"}, nil
}

func (s *server) Commit(context.Context, *rowkeeperv1.CommitRequest) (*rowkeeperv1.CommitResponse, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.commits++
	return &rowkeeperv1.CommitResponse{}, s.commitError
}

func (s *server) Rollback(context.Context, *rowkeeperv1.RollbackRequest) (*rowkeeperv1.RollbackResponse, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.rollback++
	return &rowkeeperv1.RollbackResponse{}, nil
}

// other stands for a method of a repository: any method that is not of a unit will do.
func (s *server) other(_ any, stream grpc.ServerStream) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	headers, _ := metadata.FromIncomingContext(stream.Context())
	s.handles = append(s.handles, headers.Get(unitHeader))
	answer := s.answers[0]
	if len(s.answers) > 1 {
		s.answers = s.answers[1:]
	}
	request := &rowkeeperv1.BeginRequest{}
	if err := stream.RecvMsg(request); err != nil {
		return err
	}
	if answer != nil {
		return answer
	}
	return stream.SendMsg(request)
}

func listen(t *testing.T, s *server, address string) string {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	serving := grpc.NewServer(grpc.UnknownServiceHandler(s.other))
	rowkeeperv1.RegisterUnitOfWorkServer(serving, s)
	go func() { _ = serving.Serve(listener) }()
	t.Cleanup(serving.Stop)
	return listener.Addr().String()
}

func connect(t *testing.T, address string) *grpc.ClientConn {
	connection, err := Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	return connection
}

func call(ctx context.Context, connection grpc.ClientConnInterface) error {
	return connection.Invoke(ctx, "/shop.v1.Products/Get", &rowkeeperv1.BeginRequest{}, &rowkeeperv1.BeginRequest{})
}

func failure(code codes.Code, reason string, details ...protoadapt.MessageV1) error {
	info := &errdetails.ErrorInfo{Reason: reason, Domain: "rowkeeper", Metadata: map[string]string{"constraint": "uq_products_sku"}}
	made, err := status.New(code, "no").WithDetails(append([]protoadapt.MessageV1{info}, details...)...)
	if err != nil {
		panic(err)
	}
	return made.Err()
}

func TestDecodesDetails(t *testing.T) {
	s := &server{answers: []error{failure(codes.AlreadyExists, "UNIQUE_VIOLATION",
		&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{{Field: "product.sku", Description: "is empty"}}},
		&errdetails.ResourceInfo{ResourceType: "shop.v1.Product", ResourceName: "7"},
		&errdetails.RetryInfo{RetryDelay: durationpb.New(250 * time.Millisecond)})}}
	err := call(context.Background(), connect(t, listen(t, s, "127.0.0.1:0")))
	want := Details{Reason: "UNIQUE_VIOLATION", Metadata: map[string]string{"constraint": "uq_products_sku"},
		FieldViolations: []FieldViolation{{"product.sku", "is empty"}}, ResourceType: "shop.v1.Product", ResourceName: "7",
		RetryDelay: 250 * time.Millisecond}
	if got := DetailsOf(err); !reflect.DeepEqual(got, want) || got.Constraint() != "uq_products_sku" {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := DetailsOf(errors.New("of somebody else")); !reflect.DeepEqual(got, Details{}) {
		t.Errorf("an error of somebody else has %+v", got)
	}
}

func TestSendsAgainWhatAServerDidNothingWith(t *testing.T) {
	for _, answer := range []error{failure(codes.Unavailable, "SHUTTING_DOWN"), failure(codes.Unavailable, "SERVER_STARTING"),
		status.Error(codes.Canceled, "CANCELLED")} {
		s := &server{answers: []error{answer, answer, nil}}
		if err := call(context.Background(), connect(t, listen(t, s, "127.0.0.1:0"))); err != nil || len(s.handles) != 3 {
			t.Errorf("after %v: %v, %d calls", answer, err, len(s.handles))
		}
	}
}

func TestGivesUpAtTheDeadline(t *testing.T) {
	s := &server{answers: []error{failure(codes.Unavailable, "SHUTTING_DOWN")}}
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	if err := call(ctx, connect(t, listen(t, s, "127.0.0.1:0"))); err == nil || len(s.handles) < 2 {
		t.Errorf("%v, %d calls", err, len(s.handles))
	}
}

func TestSendsNothingAgainThatMayHaveBeenExecuted(t *testing.T) {
	for _, answer := range []error{failure(codes.Unavailable, "DATABASE_UNAVAILABLE"), failure(codes.Unknown, "COMMIT_OUTCOME_UNKNOWN"),
		failure(codes.Canceled, "CANCELLED"), status.Error(codes.Unavailable, "connection reset")} {
		s := &server{answers: []error{answer}}
		if err := call(context.Background(), connect(t, listen(t, s, "127.0.0.1:0"))); err == nil || len(s.handles) != 1 {
			t.Errorf("after %v: %v, %d calls", answer, err, len(s.handles))
		}
	}
}

func TestWaitsForAServer(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	connection := connect(t, address)
	answered := make(chan error)
	go func() { answered <- call(context.Background(), connection) }()
	select {
	case err := <-answered:
		t.Fatal("answered without a server: ", err)
	case <-time.After(300 * time.Millisecond):
	}
	listen(t, &server{answers: []error{nil}}, address)
	if err := <-answered; err != nil {
		t.Error(err)
	}
}

func TestCallsOfAUnitCarryItsHandleAndAreNotSentAgain(t *testing.T) {
	s := &server{answers: []error{failure(codes.Unavailable, "SHUTTING_DOWN"), nil}}
	connection := connect(t, listen(t, s, "127.0.0.1:0"))
	err := Run(context.Background(), connection, Options{}, func(unit *Unit) error { return call(context.Background(), unit) })
	if err != nil || !reflect.DeepEqual(s.handles, [][]string{{"h"}, {"h"}}) || s.begun != 2 || s.rollback != 1 || s.commits != 1 {
		t.Errorf("%v, %v, %d begun, %d rolled back, %d committed", err, s.handles, s.begun, s.rollback, s.commits)
	}
}

func TestRollsBackWhenTheWorkFails(t *testing.T) {
	s := &server{}
	mine := errors.New("mine")
	err := Run(context.Background(), connect(t, listen(t, s, "127.0.0.1:0")), Options{}, func(*Unit) error { return mine })
	if !errors.Is(err, mine) || s.begun != 1 || s.rollback != 1 || s.commits != 0 {
		t.Errorf("%v, %d begun, %d rolled back, %d committed", err, s.begun, s.rollback, s.commits)
	}
}

func TestAnUnknownOutcomeIsNotRunAgain(t *testing.T) {
	s := &server{commitError: failure(codes.Unknown, "COMMIT_OUTCOME_UNKNOWN")}
	err := Run(context.Background(), connect(t, listen(t, s, "127.0.0.1:0")), Options{}, func(*Unit) error { return nil })
	if !errors.Is(err, ErrOutcomeUnknown) || s.begun != 1 || s.commits != 4 {
		t.Errorf("%v, %d begun, %d committed", err, s.begun, s.commits)
	}
}
