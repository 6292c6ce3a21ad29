package client

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// listenForToken serves calls with the token, as a server that takes no anonymous ones.
func listenForToken(t *testing.T, token string) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{answers: []error{nil}}
	answer := func(service any, stream grpc.ServerStream) error {
		headers, _ := metadata.FromIncomingContext(stream.Context())
		if sent := headers.Get("authorization"); len(sent) != 1 || sent[0] != "Bearer "+token {
			return status.Error(codes.Unauthenticated, "")
		}
		return s.other(service, stream)
	}
	serving := grpc.NewServer(grpc.UnknownServiceHandler(answer))
	go func() { _ = serving.Serve(listener) }()
	t.Cleanup(serving.Stop)
	return listener.Addr().String()
}

func writeToken(t *testing.T, path, text string) {
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestTokenIsReadForEachCall(t *testing.T) {
	address := listenForToken(t, "good.token")
	path := filepath.Join(t.TempDir(), "token")
	connection, err := Connect(address, WithTokenFile(path))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	for _, test := range []struct {
		text string
		want codes.Code
	}{
		{"old.token\n", codes.Unauthenticated}, {"good.token\n", codes.OK}, {"good.token", codes.OK}, {"two\nlines", codes.Unauthenticated},
		{"", codes.Unauthenticated},
	} {
		writeToken(t, path, test.text)
		if got := status.Code(call(context.Background(), connection)); got != test.want {
			t.Errorf("%q: got %v, want %v", test.text, got, test.want)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := call(context.Background(), connection); err == nil {
		t.Error("no file: no error")
	}
}

func TestCallsWithoutATokenHaveNone(t *testing.T) {
	connection, err := Connect(listenForToken(t, "good.token"))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if got := status.Code(call(context.Background(), connection)); got != codes.Unauthenticated {
		t.Errorf("got %v", got)
	}
}
