// Makes a project with a board of three columns: create_project_with_defaults ADDRESS NAME OWNER_EMAIL
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"regexp"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"rowkeeper.example/client"
	trackerv1 "rowkeeper.example/examples/gen/tracker/v1"
)

// createProjectWithDefaults gives the project. Ids come back from each call, long before the commit.
func createProjectWithDefaults(ctx context.Context, unit *client.Unit, name, email string) (*trackerv1.Project, error) {
	projects := trackerv1.NewProjectRepositoryClient(unit)
	boards := trackerv1.NewTaskBoardRepositoryClient(unit)
	columns := trackerv1.NewBoardColumnRepositoryClient(unit)

	owner, err := trackerv1.NewUserRepositoryClient(unit).GetByEmail(ctx, &trackerv1.GetUserByEmailRequest{Email: email})
	if err != nil {
		return nil, err
	}
	project, err := projects.Create(ctx, &trackerv1.CreateProjectRequest{
		Project: &trackerv1.Project{Name: name, Slug: slugify(name), OwnerId: owner.Id}})
	if err != nil {
		return nil, err
	}
	board, err := boards.Create(ctx, &trackerv1.CreateTaskBoardRequest{
		TaskBoard: &trackerv1.TaskBoard{ProjectId: project.Id, Name: "Default", IsDefault: true}})
	if err != nil {
		return nil, err
	}
	for position, title := range []string{"To Do", "In Progress", "Done"} {
		_, err = columns.Create(ctx, &trackerv1.CreateBoardColumnRequest{
			BoardColumn: &trackerv1.BoardColumn{BoardId: board.Id, Name: title, Position: int32(position)}})
		if err != nil {
			return nil, err
		}
	}
	return project, nil
}

var notInSlugs = regexp.MustCompile("[^a-z0-9]+")

func slugify(name string) string {
	return strings.Trim(notInSlugs.ReplaceAllString(strings.ToLower(name), "-"), "-")
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 4 {
		log.Fatal("usage: create_project_with_defaults ADDRESS NAME OWNER_EMAIL")
	}
	connection, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	ctx := context.Background()
	options := client.Options{Label: "create_project_with_defaults"}
	var project *trackerv1.Project
	err = client.Run(ctx, connection, options, func(unit *client.Unit) (err error) {
		project, err = createProjectWithDefaults(ctx, unit, os.Args[2], os.Args[3])
		return err
	})
	if err != nil {
		log.Fatal(client.Explain(err, "created"))
	}
	fmt.Println(project.Id, project.Slug)
}
