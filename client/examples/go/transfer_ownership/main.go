// Gives a project to another user: transfer_ownership ADDRESS PROJECT_SLUG NEW_OWNER_EMAIL
//
// The notice to the new owner is welcome, not needed: when it fails, its savepoint undoes it alone.
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

	"rowkeeper.example/client"
	trackerv1 "rowkeeper.example/examples/gen/tracker/v1"
)

// transferOwnership gives the project, and in notice why there is none; nil when there is one.
func transferOwnership(ctx context.Context, unit *client.Unit, slug, email string) (project *trackerv1.Project, notice, err error) {
	projects := trackerv1.NewProjectRepositoryClient(unit)
	user, err := trackerv1.NewUserRepositoryClient(unit).GetByEmail(ctx, &trackerv1.GetUserByEmailRequest{Email: email})
	if err != nil {
		return nil, nil, err
	}
	project, err = projects.GetBySlug(ctx, &trackerv1.GetProjectBySlugRequest{Slug: slug})
	if err != nil {
		return nil, nil, err
	}
	project.OwnerId = user.Id // and the version says that nobody else has changed it since
	project, err = projects.Update(ctx, &trackerv1.UpdateProjectRequest{
		Project:    project,
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"owner_id"}},
	})
	if err != nil {
		return nil, nil, err
	}
	if err = ensureMember(ctx, unit, project); err != nil {
		return nil, nil, err
	}
	return project, notifyNewOwner(ctx, unit, project), nil
}

// ensureMember: the database refuses a second membership, and the savepoint makes the unit well again.
func ensureMember(ctx context.Context, unit *client.Unit, project *trackerv1.Project) error {
	err := unit.Savepoint(ctx, func() error {
		member := &trackerv1.ProjectUser{ProjectId: project.Id, UserId: project.OwnerId, Allocation: 1}
		_, err := trackerv1.NewProjectUserRepositoryClient(unit).Create(ctx, &trackerv1.CreateProjectUserRequest{ProjectUser: member})
		return err
	})
	if status.Code(err) == codes.AlreadyExists {
		return nil
	}
	return err
}

func notifyNewOwner(ctx context.Context, unit *client.Unit, project *trackerv1.Project) error {
	return unit.Savepoint(ctx, func() error {
		notice := &trackerv1.Conversation{OwnerId: project.OwnerId, Subject: project.Name + " is yours now"}
		_, err := trackerv1.NewConversationRepositoryClient(unit).Create(ctx, &trackerv1.CreateConversationRequest{Conversation: notice})
		return err
	})
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 4 {
		log.Fatal("usage: transfer_ownership ADDRESS PROJECT_SLUG NEW_OWNER_EMAIL")
	}
	connection, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	ctx := context.Background()
	// The version is read in the unit, so running all of it again is the answer to a change by somebody else.
	options := client.Options{Label: "transfer_ownership", RerunOn: []string{"VERSION_MISMATCH"}}
	var project *trackerv1.Project
	var notice error
	err = client.Run(ctx, connection, options, func(unit *client.Unit) (err error) {
		project, notice, err = transferOwnership(ctx, unit, os.Args[2], os.Args[3])
		return err
	})
	if err != nil {
		log.Fatal(client.Explain(err, "changed"))
	}
	fmt.Printf("%s belongs to %s\n", project.Name, os.Args[3])
	if notice != nil {
		fmt.Printf("without a notice: %s\n", status.Convert(notice).Message())
	}
}
