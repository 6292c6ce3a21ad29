package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	benchv1 "rowkeeper.test/bench/gen/bench/v1"
)

func (s *todoServer) Create(ctx context.Context, request *benchv1.CreateTodoRequest) (*benchv1.Todo, error) {
	todo := request.GetTodo()
	owner, err := parseID("owner_id", todo.GetOwnerId())
	if err != nil {
		return nil, err
	}
	created, err := scanTodo(s.pool.QueryRow(ctx, "INSERT INTO todos (owner_id, title, notes, status, due_at, priority)"+
		" VALUES ($1, $2, $3, $4, $5, $6) RETURNING "+todoColumns,
		owner, todo.GetTitle(), todo.Notes, statusText(todo.GetStatus()), toTime(todo.GetDueAt()), todo.GetPriority()))
	if err != nil {
		return nil, toStatus(err)
	}
	return created, nil
}

// BatchCreate sends columns as arrays, so that it is one statement for any number of rows.
func (s *todoServer) BatchCreate(ctx context.Context, request *benchv1.BatchCreateTodosRequest) (*benchv1.BatchCreateTodosResponse, error) {
	size := len(request.GetTodos())
	owners, titles, notes := make([]pgtype.UUID, size), make([]string, size), make([]*string, size)
	states, dues, priorities := make([]string, size), make([]*time.Time, size), make([]int32, size)
	for i, todo := range request.GetTodos() {
		owner, err := parseID(fmt.Sprintf("todos[%d].owner_id", i), todo.GetOwnerId())
		if err != nil {
			return nil, err
		}
		owners[i], titles[i], notes[i] = owner, todo.GetTitle(), todo.Notes
		states[i], dues[i], priorities[i] = statusText(todo.GetStatus()), toTime(todo.GetDueAt()), todo.GetPriority()
	}
	rows, err := s.pool.Query(ctx, "INSERT INTO todos (owner_id, title, notes, status, due_at, priority)"+
		" SELECT owner_id, title, notes, status, due_at, priority"+
		" FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::int[])"+
		" WITH ORDINALITY AS rows (owner_id, title, notes, status, due_at, priority, place) ORDER BY place"+
		" RETURNING "+todoColumns, owners, titles, notes, states, dues, priorities)
	if err != nil {
		return nil, toStatus(err)
	}
	todos, err := scanTodos(rows, size)
	if err != nil {
		return nil, err
	}
	return &benchv1.BatchCreateTodosResponse{Todos: todos}, nil
}

func (s *todoServer) Update(ctx context.Context, request *benchv1.UpdateTodoRequest) (*benchv1.Todo, error) {
	todo := request.GetTodo()
	id, err := parseID("todo.id", todo.GetId())
	if err != nil {
		return nil, err
	}
	sets, arguments := []string{}, []any{id}
	for _, path := range request.GetUpdateMask().GetPaths() {
		value, err := updatedValue(todo, path)
		if err != nil {
			return nil, err
		}
		arguments = append(arguments, value)
		sets = append(sets, fmt.Sprintf("%s = $%d", path, len(arguments)))
	}
	if len(sets) == 0 {
		return nil, status.Error(codes.InvalidArgument, "update_mask: is required")
	}
	sql := "UPDATE todos SET " + strings.Join(sets, ", ") + ", updated_at = now(), version = version + 1" +
		" WHERE id = $1 AND deleted_at IS NULL"
	if todo.GetVersion() != 0 {
		arguments = append(arguments, todo.GetVersion())
		sql += fmt.Sprintf(" AND version = $%d", len(arguments))
	}
	updated, err := scanTodo(s.pool.QueryRow(ctx, sql+" RETURNING "+todoColumns, arguments...))
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, s.explainMiss(ctx, id, todo.GetVersion())
	}
	if err != nil {
		return nil, toStatus(err)
	}
	return updated, nil
}

func updatedValue(todo *benchv1.Todo, path string) (any, error) {
	switch path {
	case "title":
		return todo.GetTitle(), nil
	case "notes":
		return todo.Notes, nil
	case "status":
		return statusText(todo.GetStatus()), nil
	case "due_at":
		return toTime(todo.GetDueAt()), nil
	case "priority":
		return todo.GetPriority(), nil
	}
	return nil, status.Errorf(codes.InvalidArgument, "update_mask: path %q cannot be updated", path)
}

// explainMiss tells a row that is not there from one at another version.
func (s *todoServer) explainMiss(ctx context.Context, id pgtype.UUID, version int64) error {
	var found int64
	if err := s.pool.QueryRow(ctx, "SELECT version FROM todos WHERE id = $1 AND deleted_at IS NULL", id).Scan(&found); err != nil {
		return toStatus(err)
	}
	return status.Errorf(codes.Aborted, "the row is at version %d, not %d", found, version)
}

func (s *todoServer) SoftDelete(ctx context.Context, request *benchv1.SoftDeleteTodoRequest) (*benchv1.Todo, error) {
	return s.setDeleted(ctx, request.GetId(), "UPDATE todos SET deleted_at = now(), updated_at = now(), version = version + 1"+
		" WHERE id = $1 AND deleted_at IS NULL RETURNING "+todoColumns)
}

func (s *todoServer) Restore(ctx context.Context, request *benchv1.RestoreTodoRequest) (*benchv1.Todo, error) {
	return s.setDeleted(ctx, request.GetId(), "UPDATE todos SET deleted_at = NULL, updated_at = now(), version = version + 1"+
		" WHERE id = $1 AND deleted_at IS NOT NULL RETURNING "+todoColumns)
}

func (s *todoServer) setDeleted(ctx context.Context, text, sql string) (*benchv1.Todo, error) {
	id, err := parseID("id", text)
	if err != nil {
		return nil, err
	}
	todo, err := scanTodo(s.pool.QueryRow(ctx, sql, id))
	if err != nil {
		return nil, toStatus(err)
	}
	return todo, nil
}
