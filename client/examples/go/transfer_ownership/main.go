// Gives a project to another user and makes that user a member: transfer_ownership ADDRESS PROJECT NEW_OWNER
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	trackerv1 "rowkeeper.example/gen/tracker/v1"
	"rowkeeper.example/unitofwork"
)

// transferOwnership says whether the new owner became a member just now. One who was a member before is an owner all
// the same.
func transferOwnership(ctx context.Context, connection grpc.ClientConnInterface, projectID, newOwnerID string) (bool, error) {
	projects := trackerv1.NewProjectRepositoryClient(connection)
	members := trackerv1.NewProjectUserRepositoryClient(connection)
	err := unitofwork.Savepoint(ctx, func(ctx context.Context) error {
		_, err := projects.Update(ctx, &trackerv1.UpdateProjectRequest{
			Project:    &trackerv1.Project{Id: projectID, OwnerId: newOwnerID},
			UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"owner_id"}},
		})
		return err
	})
	if err != nil {
		return false, err
	}
	err = unitofwork.Savepoint(ctx, func(ctx context.Context) error { // when this fails, only this is undone
		member := &trackerv1.ProjectUser{ProjectId: projectID, UserId: newOwnerID, Allocation: 1}
		_, err := members.Create(ctx, &trackerv1.CreateProjectUserRequest{ProjectUser: member})
		return err
	})
	if status.Code(err) == codes.AlreadyExists {
		return false, nil
	}
	return err == nil, err
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 4 {
		log.Fatal("usage: transfer_ownership ADDRESS PROJECT NEW_OWNER")
	}
	connection, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithUnaryInterceptor(unitofwork.Interceptor))
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	var joined bool
	err = unitofwork.Run(context.Background(), connection, nil, func(ctx context.Context) (err error) {
		joined, err = transferOwnership(ctx, connection, os.Args[2], os.Args[3])
		return err
	})
	if err != nil {
		log.Fatalf("nothing was changed: %v", err)
	}
	standing := "who was a member already"
	if joined {
		standing = "a new member"
	}
	fmt.Printf("the owner is now %s, %s\n", os.Args[3], standing)
}
