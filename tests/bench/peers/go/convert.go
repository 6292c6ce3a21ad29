package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	benchv1 "rowkeeper.test/bench/gen/bench/v1"
)

const (
	defaultPageSize = 50
	maxPageSize     = 1000
)

func parseID(field, text string) (pgtype.UUID, error) {
	var id pgtype.UUID
	if err := id.Scan(text); err != nil {
		return id, status.Errorf(codes.InvalidArgument, "%s: is not a UUID", field)
	}
	return id, nil
}

// toStatus is what a database error means to the caller.
func toStatus(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return status.Error(codes.NotFound, "there is no such row")
	}
	var failure *pgconn.PgError
	if !errors.As(err, &failure) {
		return status.Error(codes.Unavailable, err.Error())
	}
	switch {
	case failure.Code == "23503":
		return status.Error(codes.FailedPrecondition, failure.Message)
	case failure.Code == "23505":
		return status.Error(codes.AlreadyExists, failure.Message)
	case failure.Code == "23502", failure.Code == "23514", strings.HasPrefix(failure.Code, "22"):
		return status.Error(codes.InvalidArgument, failure.Message)
	}
	return status.Error(codes.Internal, failure.Message)
}

func toTimestamp(value *time.Time) *timestamppb.Timestamp {
	if value == nil {
		return nil
	}
	return timestamppb.New(*value)
}

func toTime(value *timestamppb.Timestamp) *time.Time {
	if value == nil {
		return nil
	}
	result := value.AsTime()
	return &result
}

const profileColumns = "id::text, email, handle, display_name, timezone, settings, created_at, updated_at, deleted_at, version"

func scanProfile(row pgx.Row) (*benchv1.Profile, error) {
	var profile benchv1.Profile
	var settings []byte
	var created, updated time.Time
	var deleted *time.Time
	if err := row.Scan(&profile.Id, &profile.Email, &profile.Handle, &profile.DisplayName, &profile.Timezone, &settings,
		&created, &updated, &deleted, &profile.Version); err != nil {
		return nil, err
	}
	profile.Settings = &structpb.Struct{}
	if err := profile.Settings.UnmarshalJSON(settings); err != nil {
		return nil, err
	}
	profile.CreatedAt, profile.UpdatedAt, profile.DeletedAt = timestamppb.New(created), timestamppb.New(updated), toTimestamp(deleted)
	return &profile, nil
}

const todoColumns = "id::text, owner_id::text, title, notes, status, due_at, priority, created_at, updated_at, deleted_at, version"

func scanTodo(row pgx.Row) (*benchv1.Todo, error) {
	var todo benchv1.Todo
	var state string
	var due, deleted *time.Time
	var created, updated time.Time
	if err := row.Scan(&todo.Id, &todo.OwnerId, &todo.Title, &todo.Notes, &state, &due, &todo.Priority, &created, &updated,
		&deleted, &todo.Version); err != nil {
		return nil, err
	}
	todo.Status = benchv1.TodoStatus(benchv1.TodoStatus_value["TODO_STATUS_"+state])
	todo.DueAt, todo.DeletedAt = toTimestamp(due), toTimestamp(deleted)
	todo.CreatedAt, todo.UpdatedAt = timestamppb.New(created), timestamppb.New(updated)
	return &todo, nil
}

func scanTodos(rows pgx.Rows, size int) ([]*benchv1.Todo, error) {
	defer rows.Close()
	todos := make([]*benchv1.Todo, 0, size)
	for rows.Next() {
		todo, err := scanTodo(rows)
		if err != nil {
			return nil, toStatus(err)
		}
		todos = append(todos, todo)
	}
	if err := rows.Err(); err != nil {
		return nil, toStatus(err)
	}
	return todos, nil
}

// statusText is what the column holds; the default is that of the table.
func statusText(value benchv1.TodoStatus) string {
	if value == benchv1.TodoStatus_TODO_STATUS_UNSPECIFIED {
		return "OPEN"
	}
	return strings.TrimPrefix(value.String(), "TODO_STATUS_")
}

func pageSize(asked int32) (int, error) {
	switch {
	case asked < 0:
		return 0, status.Error(codes.InvalidArgument, "page_size: is negative")
	case asked == 0:
		return defaultPageSize, nil
	case asked > maxPageSize:
		return maxPageSize, nil
	}
	return int(asked), nil
}

// A page token is the sort key of the last row: a time and an id.
func makeToken(at time.Time, id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(fmt.Sprintf("%d,%s", at.UnixMicro(), id)))
}

func readToken(token string) (time.Time, string, error) {
	bad := status.Error(codes.InvalidArgument, "page_token: is not one of ours")
	bytes, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return time.Time{}, "", bad
	}
	var micros int64
	var id string
	if _, err := fmt.Sscanf(string(bytes), "%d,%s", &micros, &id); err != nil {
		return time.Time{}, "", bad
	}
	return time.UnixMicro(micros).UTC(), id, nil
}
