package client

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

// TLS names the PEM files of a connection with TLS; those that are empty are left out.
type TLS struct {
	// Who may sign the server's certificate; without it, those whom the machine trusts.
	ServerRoots string
	// What to show to a server that asks.
	ClientCertificate, ClientKey string
	// The name that the server's certificate must have; without it, the host of the address.
	ServerName string
}

// WithTLS gives an option for Connect. It reads the files.
func WithTLS(files TLS) (grpc.DialOption, error) {
	if (files.ClientCertificate == "") != (files.ClientKey == "") {
		return nil, errors.New("ClientCertificate and ClientKey go together; one is missing")
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: files.ServerName}
	if files.ServerRoots != "" {
		text, err := os.ReadFile(files.ServerRoots)
		if err != nil {
			return nil, err
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("%s holds no certificate", files.ServerRoots)
		}
	}
	if files.ClientCertificate != "" {
		pair, err := tls.LoadX509KeyPair(files.ClientCertificate, files.ClientKey)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return grpc.WithTransportCredentials(credentials.NewTLS(config)), nil
}
