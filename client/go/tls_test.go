package client

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"
)

// authority signs certificates, which it writes into a directory.
type authority struct {
	directory   string
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func write(t *testing.T, path, kind string, bytes []byte) string {
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// issue gives the files of a new certificate and its key. The first one is the root.
func (a *authority) issue(t *testing.T, name string) (string, string, *x509.Certificate, *ecdsa.PrivateKey) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: a.certificate == nil, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	parent, signer := a.certificate, a.key
	if parent == nil {
		parent, signer = template, key
	}
	bytes, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(bytes)
	if err != nil {
		t.Fatal(err)
	}
	keyBytes, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(a.directory, name)
	return write(t, path+".crt", "CERTIFICATE", bytes), write(t, path+".key", "PRIVATE KEY", keyBytes), made, key
}

func newAuthority(t *testing.T) (*authority, string) {
	a := &authority{directory: t.TempDir()}
	file, _, certificate, key := a.issue(t, "root")
	a.certificate, a.key = certificate, key
	return a, file
}

// listenTLS serves whoever has a certificate of the authority.
func listenTLS(t *testing.T, a *authority) string {
	certificate, key, _, _ := a.issue(t, "localhost")
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		t.Fatal(err)
	}
	clients := x509.NewCertPool()
	clients.AddCert(a.certificate)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{answers: []error{nil}}
	serving := grpc.NewServer(grpc.UnknownServiceHandler(s.other), grpc.Creds(credentials.NewTLS(
		&tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: clients, ClientAuth: tls.RequireAndVerifyClientCert})))
	go func() { _ = serving.Serve(listener) }()
	t.Cleanup(serving.Stop)
	return listener.Addr().String()
}

func callTLS(t *testing.T, address string, files TLS) codes.Code {
	security, err := WithTLS(files)
	if err != nil {
		t.Fatal(err)
	}
	connection, err := Connect(address, security, grpc.WithDefaultCallOptions(grpc.WaitForReady(false)))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	return status.Code(call(context.Background(), connection))
}

func TestTLSServesWhoShowsACertificateAndTrustsTheServers(t *testing.T) {
	root, roots := newAuthority(t)
	other, otherRoots := newAuthority(t)
	address := listenTLS(t, root)
	certificate, key, _, _ := root.issue(t, "client")
	strange, strangeKey, _, _ := other.issue(t, "client")
	for _, test := range []struct {
		files TLS
		want  codes.Code
	}{
		{TLS{roots, certificate, key, ""}, codes.OK},
		{TLS{roots, certificate, key, "localhost"}, codes.OK},
		{TLS{roots, certificate, key, "rows.example.org"}, codes.Unavailable},
		{TLS{otherRoots, certificate, key, ""}, codes.Unavailable},
		{TLS{"", certificate, key, ""}, codes.Unavailable},
		{TLS{roots, "", "", ""}, codes.Unavailable},
		{TLS{roots, strange, strangeKey, ""}, codes.Unavailable},
	} {
		if got := callTLS(t, address, test.files); got != test.want {
			t.Errorf("%+v: got %v, want %v", test.files, got, test.want)
		}
	}
}

func TestTLSRefusesFilesThatCannotBeUsed(t *testing.T) {
	a, roots := newAuthority(t)
	certificate, key, _, _ := a.issue(t, "client")
	for _, files := range []TLS{{ServerRoots: filepath.Join(a.directory, "none")}, {ServerRoots: key}, {ClientCertificate: certificate},
		{ClientKey: key}, {ServerRoots: roots, ClientCertificate: key, ClientKey: certificate}} {
		if _, err := WithTLS(files); err == nil {
			t.Errorf("%+v: no error", files)
		}
	}
}
