// The benchmark's services as a Go team would write them: grpc-go, pgx with its pool and its statement cache.
package main

import (
	"context"
	"log"
	"net"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"github.com/jackc/pgx/v5/pgxpool"
	"google.golang.org/grpc"

	benchv1 "rowkeeper.test/bench/gen/bench/v1"
)

func main() {
	poolSize, err := strconv.Atoi(os.Getenv("POOL_SIZE"))
	if err != nil {
		log.Fatalf("POOL_SIZE: %v", err)
	}
	config, err := pgxpool.ParseConfig(os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatalf("DATABASE_URL: %v", err)
	}
	config.MaxConns = int32(poolSize)
	config.MinConns = int32(poolSize)
	config.ConnConfig.RuntimeParams["search_path"] = "rowkeeper_bench"
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		log.Fatalf("cannot connect: %v", err)
	}
	defer pool.Close()
	listener, err := net.Listen("tcp", os.Getenv("ADDRESS"))
	if err != nil {
		log.Fatalf("cannot listen: %v", err)
	}
	server := grpc.NewServer()
	benchv1.RegisterProfileRepositoryServer(server, &profileServer{pool: pool})
	benchv1.RegisterTodoRepositoryServer(server, &todoServer{pool: pool})
	benchv1.RegisterProjectRepositoryServer(server, &projectServer{pool: pool})
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		<-signals
		server.GracefulStop()
	}()
	if err := server.Serve(listener); err != nil {
		log.Fatal(err)
	}
}
