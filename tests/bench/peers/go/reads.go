package main

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"google.golang.org/protobuf/types/known/timestamppb"

	"time"

	benchv1 "rowkeeper.test/bench/gen/bench/v1"
)

type profileServer struct {
	benchv1.UnimplementedProfileRepositoryServer
	pool *pgxpool.Pool
}

func (s *profileServer) GetById(ctx context.Context, request *benchv1.GetProfileByIdRequest) (*benchv1.Profile, error) {
	id, err := parseID("id", request.GetId())
	if err != nil {
		return nil, err
	}
	profile, err := scanProfile(s.pool.QueryRow(ctx,
		"SELECT "+profileColumns+" FROM profiles WHERE id = $1 AND deleted_at IS NULL", id))
	if err != nil {
		return nil, toStatus(err)
	}
	return profile, nil
}

type todoServer struct {
	benchv1.UnimplementedTodoRepositoryServer
	pool *pgxpool.Pool
}

func (s *todoServer) ListByOwner(ctx context.Context, request *benchv1.ListTodosByOwnerRequest) (*benchv1.ListTodosResponse, error) {
	size, err := pageSize(request.GetPageSize())
	if err != nil {
		return nil, err
	}
	owner, err := parseID("owner_id", request.GetOwnerId())
	if err != nil {
		return nil, err
	}
	var rows pgx.Rows
	if request.GetPageToken() == "" {
		rows, err = s.pool.Query(ctx, "SELECT "+todoColumns+" FROM todos WHERE owner_id = $1 AND deleted_at IS NULL"+
			" ORDER BY created_at DESC, id DESC LIMIT $2", owner, size+1)
	} else {
		at, id, tokenErr := readToken(request.GetPageToken())
		if tokenErr != nil {
			return nil, tokenErr
		}
		rows, err = s.pool.Query(ctx, "SELECT "+todoColumns+" FROM todos WHERE owner_id = $1 AND deleted_at IS NULL"+
			" AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT $4", owner, at, id, size+1)
	}
	return page(rows, err, size, func(todo *benchv1.Todo) *timestamppb.Timestamp { return todo.GetCreatedAt() })
}

func (s *todoServer) ListByDateRange(ctx context.Context, request *benchv1.ListTodosByDateRangeRequest) (*benchv1.ListTodosResponse, error) {
	size, err := pageSize(request.GetPageSize())
	if err != nil {
		return nil, err
	}
	owner, err := parseID("owner_id", request.GetOwnerId())
	if err != nil {
		return nil, err
	}
	start, end := request.GetStartTime().AsTime(), request.GetEndTime().AsTime()
	var rows pgx.Rows
	if request.GetPageToken() == "" {
		rows, err = s.pool.Query(ctx, "SELECT "+todoColumns+" FROM todos WHERE owner_id = $1 AND deleted_at IS NULL"+
			" AND due_at >= $2 AND due_at < $3 ORDER BY due_at, id LIMIT $4", owner, start, end, size+1)
	} else {
		at, id, tokenErr := readToken(request.GetPageToken())
		if tokenErr != nil {
			return nil, tokenErr
		}
		rows, err = s.pool.Query(ctx, "SELECT "+todoColumns+" FROM todos WHERE owner_id = $1 AND deleted_at IS NULL"+
			" AND due_at >= $2 AND due_at < $3 AND (due_at, id) > ($4, $5) ORDER BY due_at, id LIMIT $6",
			owner, start, end, at, id, size+1)
	}
	return page(rows, err, size, func(todo *benchv1.Todo) *timestamppb.Timestamp { return todo.GetDueAt() })
}

// page makes a response of rows, of which one more than the page may have been read.
func page(rows pgx.Rows, err error, size int, key func(*benchv1.Todo) *timestamppb.Timestamp) (*benchv1.ListTodosResponse, error) {
	if err != nil {
		return nil, toStatus(err)
	}
	todos, err := scanTodos(rows, 0)
	if err != nil {
		return nil, err
	}
	response := &benchv1.ListTodosResponse{Todos: todos}
	if len(todos) > size {
		last := todos[size-1]
		response.Todos = todos[:size]
		response.NextPageToken = makeToken(key(last).AsTime(), last.GetId())
	}
	return response, nil
}

type projectServer struct {
	benchv1.UnimplementedProjectRepositoryServer
	pool *pgxpool.Pool
}

// List always brings owners, tasks and comments, with one statement for each.
func (s *projectServer) List(ctx context.Context, request *benchv1.ListProjectsRequest) (*benchv1.ListProjectsResponse, error) {
	size, err := pageSize(request.GetPageSize())
	if err != nil {
		return nil, err
	}
	connection, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, toStatus(err)
	}
	defer connection.Release()
	response, err := listProjects(ctx, connection, request.GetPageToken(), size)
	if err != nil {
		return nil, err
	}
	projects := response.GetProjects()
	if err := loadOwners(ctx, connection, projects); err != nil {
		return nil, toStatus(err)
	}
	if err := loadTasks(ctx, connection, projects); err != nil {
		return nil, toStatus(err)
	}
	return response, nil
}

func listProjects(ctx context.Context, connection *pgxpool.Conn, token string, size int) (*benchv1.ListProjectsResponse, error) {
	rows, err := connection.Query(ctx,
		"SELECT id::text, name, owner_id::text, created_at FROM projects WHERE name > $1 ORDER BY name LIMIT $2", token, size+1)
	if err != nil {
		return nil, toStatus(err)
	}
	defer rows.Close()
	response := &benchv1.ListProjectsResponse{}
	for rows.Next() {
		project := &benchv1.Project{}
		var created time.Time
		if err := rows.Scan(&project.Id, &project.Name, &project.OwnerId, &created); err != nil {
			return nil, toStatus(err)
		}
		project.CreatedAt = timestamppb.New(created)
		response.Projects = append(response.Projects, project)
	}
	if len(response.Projects) > size {
		response.Projects = response.Projects[:size]
		response.NextPageToken = response.Projects[size-1].GetName()
	}
	return response, rows.Err()
}

func loadOwners(ctx context.Context, connection *pgxpool.Conn, projects []*benchv1.Project) error {
	ids := make([]string, 0, len(projects))
	for _, project := range projects {
		ids = append(ids, project.GetOwnerId())
	}
	rows, err := connection.Query(ctx,
		"SELECT "+profileColumns+" FROM profiles WHERE id = ANY($1) AND deleted_at IS NULL", ids)
	if err != nil {
		return err
	}
	defer rows.Close()
	owners := make(map[string]*benchv1.Profile, len(projects))
	for rows.Next() {
		owner, err := scanProfile(rows)
		if err != nil {
			return err
		}
		owners[owner.GetId()] = owner
	}
	for _, project := range projects {
		project.Owner = owners[project.GetOwnerId()]
	}
	return rows.Err()
}

func loadTasks(ctx context.Context, connection *pgxpool.Conn, projects []*benchv1.Project) error {
	byID := make(map[string]*benchv1.Project, len(projects))
	ids := make([]string, 0, len(projects))
	for _, project := range projects {
		byID[project.GetId()] = project
		ids = append(ids, project.GetId())
	}
	rows, err := connection.Query(ctx, "SELECT id::text, project_id::text, position, title FROM tasks"+
		" WHERE project_id = ANY($1) ORDER BY project_id, position, id", ids)
	if err != nil {
		return err
	}
	defer rows.Close()
	tasks := make(map[string]*benchv1.Task)
	taskIDs := make([]string, 0)
	for rows.Next() {
		task := &benchv1.Task{}
		if err := rows.Scan(&task.Id, &task.ProjectId, &task.Position, &task.Title); err != nil {
			return err
		}
		project := byID[task.GetProjectId()]
		project.Tasks = append(project.Tasks, task)
		tasks[task.GetId()] = task
		taskIDs = append(taskIDs, task.GetId())
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return loadComments(ctx, connection, tasks, taskIDs)
}

func loadComments(ctx context.Context, connection *pgxpool.Conn, tasks map[string]*benchv1.Task, ids []string) error {
	rows, err := connection.Query(ctx, "SELECT id::text, task_id::text, position, body FROM comments"+
		" WHERE task_id = ANY($1) ORDER BY task_id, position, id", ids)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		comment := &benchv1.Comment{}
		if err := rows.Scan(&comment.Id, &comment.TaskId, &comment.Position, &comment.Body); err != nil {
			return err
		}
		task := tasks[comment.GetTaskId()]
		task.Comments = append(task.Comments, comment)
	}
	return rows.Err()
}
