package client

import (
	"context"
	"math/rand"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"
)

const (
	callTimeout = 10 * time.Second
	unitHeader  = "rowkeeper-unit-of-work"
	unitService = "/rowkeeper.v1.UnitOfWork/"
	// The server takes a ping every 10 s.
	keepaliveTime    = 11 * time.Second
	keepaliveTimeout = 10 * time.Second
	maxResponse      = 8 << 20
)

// Connect makes a connection to the server, or servers, at address: "localhost:50051", "dns:///rowkeeper:50051".
//
// A call waits for a server, and is sent again when one did nothing with it because it is starting or stopping, until its
// deadline: 10 s unless its context has one. A call whose answer is lost is not sent again. Plain text unless options
// have credentials, as WithTLS gives them; options win over what this function sets.
func Connect(address string, options ...grpc.DialOption) (*grpc.ClientConn, error) {
	own := []grpc.DialOption{
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDisableRetry(), // nothing is sent twice that may have been executed
		grpc.WithDefaultCallOptions(grpc.WaitForReady(true), grpc.MaxCallRecvMsgSize(maxResponse)),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: keepaliveTime, Timeout: keepaliveTimeout, PermitWithoutStream: true}),
		grpc.WithChainUnaryInterceptor(sendAgain),
	}
	return grpc.NewClient(address, append(own, options...)...)
}

func sendAgain(ctx context.Context, method string, request, reply any, connection *grpc.ClientConn, invoke grpc.UnaryInvoker,
	options ...grpc.CallOption) error {
	ctx, cancel := limited(ctx)
	defer cancel()
	for attempt := 0; ; attempt++ {
		err := invoke(ctx, method, request, reply, connection, options...)
		if err == nil || isOfUnit(ctx, method) || !(notServing(Reason(err)) || wasDropped(err)) {
			return err
		}
		if !sleep(ctx, DetailsOf(err).RetryDelay+jitter(50*time.Millisecond, attempt)) {
			return err
		}
	}
}

// isOfUnit is true for calls of a unit: another server knows nothing of it. All of it has to run again, which Run does.
func isOfUnit(ctx context.Context, method string) bool {
	headers, _ := metadata.FromOutgoingContext(ctx)
	return len(headers.Get(unitHeader)) > 0 || strings.HasPrefix(method, unitService) && method != unitService+"Begin"
}

// limited gives ctx a deadline where it has none.
func limited(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, is := ctx.Deadline(); is {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, callTimeout)
}

// jitter is a random time below first, twice of it after the first attempt, and so on up to a second.
func jitter(first time.Duration, attempt int) time.Duration {
	most := time.Second
	if attempt < 10 && first<<attempt < most {
		most = first << attempt
	}
	return time.Duration(rand.Int63n(int64(most)))
}

// sleep says whether there is time left afterwards; if not, it returns at once.
func sleep(ctx context.Context, pause time.Duration) bool {
	if deadline, is := ctx.Deadline(); is && time.Until(deadline) <= pause {
		return false
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(pause):
		return true
	}
}
