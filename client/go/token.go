package client

import (
	"context"
	"fmt"
	"os"
	"strings"

	"google.golang.org/grpc"
)

const tokenCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~+/=-"

// WithTokenFile gives an option for Connect: each call sends the token that the file holds. The file is read for each
// call, so it may be replaced at any time; a call fails while it holds no token. Use it with WithTLS beyond the machine.
func WithTokenFile(path string) grpc.DialOption {
	return grpc.WithPerRPCCredentials(tokenFile(path))
}

type tokenFile string

func (path tokenFile) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	text, err := os.ReadFile(string(path))
	if err != nil {
		return nil, err
	}
	token := strings.TrimSpace(string(text))
	if token == "" || strings.Trim(token, tokenCharacters) != "" {
		return nil, fmt.Errorf("%s holds no token, letters and digits and .-_~+/= in one line", string(path))
	}
	return map[string]string{"authorization": "Bearer " + token}, nil
}

// RequireTransportSecurity: servers on the same machine, and on unix sockets, speak plain text.
func (tokenFile) RequireTransportSecurity() bool { return false }
