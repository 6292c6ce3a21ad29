// Calls the planner at the address given, through generated stubs, and checks every answer.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	plannerv1 "rowkeeper.test/client/gen/planner/v1"
	rowkeeperv1 "rowkeeper.test/client/gen/rowkeeper/v1"
)

var noon = time.Date(2033, 4, 5, 12, 0, 0, 123456000, time.UTC)

type client struct {
	context  context.Context
	todos    plannerv1.TodoRepositoryClient
	profiles plannerv1.ProfileRepositoryClient
	owner    string
}

func check(condition bool, what string, arguments ...any) {
	if !condition {
		fmt.Fprintf(os.Stderr, "wrong: "+what+"\n", arguments...)
		os.Exit(1)
	}
}

func must[T any](answer T, err error) T {
	check(err == nil, "%v", err)
	return answer
}

type details struct {
	info     *errdetails.ErrorInfo
	request  *errdetails.BadRequest
	resource *errdetails.ResourceInfo
}

// refused expects an error of `code` with an ErrorInfo, and gives its details.
func refused(code codes.Code, err error) details {
	found := status.Convert(err)
	check(found.Code() == code, "expected %v, got %v: %v", code, found.Code(), found.Message())
	var all details
	for _, detail := range found.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			all.info = detail
		case *errdetails.BadRequest:
			all.request = detail
		case *errdetails.ResourceInfo:
			all.resource = detail
		}
	}
	check(all.info.GetReason() != "" && all.info.GetDomain() != "", "%v without an ErrorInfo: %v", code, found.Message())
	return all
}

func (c *client) newTodo(title string, due time.Time) *plannerv1.Todo {
	labels := must(structpb.NewStruct(map[string]any{"color": "green", "deep": []any{1.5, nil, true}}))
	return &plannerv1.Todo{OwnerId: c.owner, Title: title, Status: plannerv1.TodoStatus_TODO_STATUS_IN_PROGRESS,
		DueAt: timestamppb.New(due), Labels: labels, Tags: []string{"b", "a"}, Estimate: durationpb.New(90 * time.Minute)}
}

func (c *client) create(todo *plannerv1.Todo) *plannerv1.Todo {
	return must(c.todos.Create(c.context, &plannerv1.CreateTodoRequest{Todo: todo}))
}

func (c *client) checkLifeOfATodo() {
	sent := c.newTodo("Go", noon)
	made := c.create(sent)
	check(made.Version == 1 && made.DeletedAt == nil && made.Notes == nil, "a new row: %v", made)
	sent.Id, sent.Version, sent.CreatedAt, sent.UpdatedAt = made.Id, 1, made.CreatedAt, made.UpdatedAt
	check(proto.Equal(sent, made), "sent %v, made %v", sent, made)
	get := &plannerv1.GetTodoByIdRequest{Id: made.Id}
	check(proto.Equal(must(c.todos.GetById(c.context, get)), made), "GetById gives what Create gave")

	update := &plannerv1.UpdateTodoRequest{
		Todo:       &plannerv1.Todo{Id: made.Id, Notes: proto.String(""), Priority: -7, Version: made.Version},
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"notes", "priority"}}}
	updated := must(c.todos.Update(c.context, update))
	check(updated.Notes != nil && *updated.Notes == "" && updated.Priority == -7 && updated.Title == "Go" && updated.Version == 2,
		"Update writes what the mask names: %v", updated)
	_, err := c.todos.Update(c.context, update)
	check(refused(codes.Aborted, err).info.Reason == "VERSION_MISMATCH", "a stale version says so")

	deleted := must(c.todos.SoftDelete(c.context, &plannerv1.SoftDeleteTodoRequest{Id: made.Id}))
	check(deleted.DeletedAt != nil, "SoftDelete marks the row")
	_, err = c.todos.GetById(c.context, get)
	check(refused(codes.NotFound, err).resource.GetResourceType() == "planner.v1.Todo", "NOT_FOUND names the row")
	only := &plannerv1.GetTodoByIdRequest{Id: made.Id, Deleted: rowkeeperv1.Deleted_DELETED_ONLY}
	check(proto.Equal(must(c.todos.GetById(c.context, only)), deleted), "a deleted row is there for who asks for it")
	restored := must(c.todos.Restore(c.context, &plannerv1.RestoreTodoRequest{Id: made.Id}))
	check(restored.DeletedAt == nil, "Restore brings it back")
	must(c.todos.Delete(c.context, &plannerv1.DeleteTodoRequest{Id: made.Id}))
	_, err = c.todos.GetById(c.context, only)
	refused(codes.NotFound, err)
}

func (c *client) checkPages() {
	var made []string
	for day := 0; day < 5; day++ {
		made = append(made, c.create(c.newTodo(fmt.Sprintf("page %d", day), noon.AddDate(0, 0, day))).Id)
	}
	request := &plannerv1.ListTodosByDateRangeRequest{OwnerId: c.owner, PageSize: 2, OrderBy: "due_at",
		StartTime: timestamppb.New(noon), EndTime: timestamppb.New(noon.AddDate(0, 0, 5))}
	var listed []string
	pages := 0
	for more := true; more; more = request.PageToken != "" {
		page := must(c.todos.ListByDateRange(c.context, request))
		for _, todo := range page.Todos {
			listed = append(listed, todo.Id)
		}
		request.PageToken = page.NextPageToken
		pages++
	}
	check(pages == 3 && fmt.Sprint(listed) == fmt.Sprint(made), "%d pages of %v, not 3 of %v", pages, listed, made)

	_, err := c.todos.ListByOwner(c.context, &plannerv1.ListTodosByOwnerRequest{OwnerId: c.owner, PageToken: "forged"})
	check(refused(codes.InvalidArgument, err).request.FieldViolations[0].Field == "page_token", "a forged token is named")
}

func (c *client) checkRefusals() {
	_, err := c.todos.GetById(c.context, &plannerv1.GetTodoByIdRequest{Id: "none"})
	check(refused(codes.InvalidArgument, err).request.FieldViolations[0].Field == "id", "a bad UUID names the field")
	twin := &plannerv1.Profile{Email: "ada@example.com", Handle: "twin", DisplayName: "Twin"}
	_, err = c.profiles.Create(c.context, &plannerv1.CreateProfileRequest{Profile: twin})
	refused(codes.AlreadyExists, err)
	_, err = c.todos.Update(c.context, &plannerv1.UpdateTodoRequest{Todo: &plannerv1.Todo{Id: c.owner}})
	check(refused(codes.InvalidArgument, err).request.FieldViolations[0].Field == "update_mask", "a missing mask is named")
	short, cancel := context.WithTimeout(c.context, time.Nanosecond)
	defer cancel()
	_, err = c.todos.List(short, &plannerv1.ListTodosRequest{})
	check(status.Code(err) == codes.DeadlineExceeded, "a deadline that is over: %v", err)
}

func main() {
	connection := must(grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials())))
	defer connection.Close()
	background, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	c := &client{context: background, todos: plannerv1.NewTodoRepositoryClient(connection),
		profiles: plannerv1.NewProfileRepositoryClient(connection)}
	person := &plannerv1.Profile{Email: "go@example.com", Handle: "go", DisplayName: "Gopher"}
	c.owner = must(c.profiles.Create(c.context, &plannerv1.CreateProfileRequest{Profile: person})).Id
	c.checkLifeOfATodo()
	c.checkPages()
	c.checkRefusals()
	fmt.Println("the Go client got every answer that it expected")
}
