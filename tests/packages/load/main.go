// Calls a server without a pause until it is told to end by SIGTERM: load ADDRESS METHOD
//
// METHOD takes a request without a field. Every tenth call is made in a unit of work. The last line is "N calls, N failed",
// and the exit code is 1 when one has failed.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"

	"google.golang.org/protobuf/types/known/emptypb"

	"rowkeeper.example/client"
)

const callers = 4

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: load ADDRESS METHOD")
	}
	method := os.Args[2]
	connection, err := client.Connect(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	ending, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	var calls, failed int64
	var group sync.WaitGroup
	for i := 0; i < callers; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for n := 0; ending.Err() == nil; n++ {
				// An empty message has no field of the request, and passes over those of the response.
				request, response := &emptypb.Empty{}, &emptypb.Empty{}
				var err error
				if n%10 == 0 {
					err = client.Run(context.Background(), connection, client.Options{}, func(unit *client.Unit) error {
						return unit.Invoke(context.Background(), method, request, response)
					})
				} else {
					err = connection.Invoke(context.Background(), method, request, response)
				}
				atomic.AddInt64(&calls, 1)
				if err != nil {
					atomic.AddInt64(&failed, 1)
					log.Print(err)
				}
			}
		}()
	}
	group.Wait()
	fmt.Printf("%d calls, %d failed\n", calls, failed)
	if failed > 0 {
		os.Exit(1)
	}
}
