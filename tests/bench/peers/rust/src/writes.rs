//! Writes of to-dos.

use std::time::SystemTime;

use deadpool_postgres::Pool;
use tokio_postgres::types::ToSql;
use tonic::{Response, Status};
use uuid::Uuid;

use crate::convert::{parse_id, pool_status, status_text, to_status, to_time, todo, TODO_COLUMNS};
use crate::pb;

pub async fn create(pool: &Pool, request: pb::CreateTodoRequest) -> Result<Response<pb::Todo>, Status> {
    let new = request.todo.unwrap_or_default();
    let owner = parse_id("owner_id", &new.owner_id)?;
    let client = pool.get().await.map_err(pool_status)?;
    let statement = client
        .prepare_cached(&format!(
            "INSERT INTO todos (owner_id, title, notes, status, due_at, priority) VALUES ($1, $2, $3, $4, $5, $6) \
             RETURNING {TODO_COLUMNS}"
        ))
        .await
        .map_err(to_status)?;
    let row = client
        .query_one(
            &statement,
            &[&owner, &new.title, &new.notes, &status_text(new.status), &to_time(new.due_at), &new.priority],
        )
        .await
        .map_err(to_status)?;
    Ok(Response::new(todo(&row)?))
}

/// Sends columns as arrays, so that it is one statement for any number of rows.
pub async fn batch_create(
    pool: &Pool,
    request: pb::BatchCreateTodosRequest,
) -> Result<Response<pb::BatchCreateTodosResponse>, Status> {
    let todos = &request.todos;
    let mut owners = Vec::with_capacity(todos.len());
    for (i, new) in todos.iter().enumerate() {
        owners.push(parse_id(&format!("todos[{i}].owner_id"), &new.owner_id)?);
    }
    let titles: Vec<&str> = todos.iter().map(|new| new.title.as_str()).collect();
    let notes: Vec<Option<&str>> = todos.iter().map(|new| new.notes.as_deref()).collect();
    let statuses: Vec<&str> = todos.iter().map(|new| status_text(new.status)).collect();
    let dues: Vec<Option<SystemTime>> = todos.iter().map(|new| to_time(new.due_at)).collect();
    let priorities: Vec<i32> = todos.iter().map(|new| new.priority).collect();
    let client = pool.get().await.map_err(pool_status)?;
    let statement = client
        .prepare_cached(&format!(
            "INSERT INTO todos (owner_id, title, notes, status, due_at, priority) \
             SELECT owner_id, title, notes, status, due_at, priority \
             FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::int[]) \
             WITH ORDINALITY AS rows (owner_id, title, notes, status, due_at, priority, place) ORDER BY place \
             RETURNING {TODO_COLUMNS}"
        ))
        .await
        .map_err(to_status)?;
    let rows = client
        .query(&statement, &[&owners, &titles, &notes, &statuses, &dues, &priorities])
        .await
        .map_err(to_status)?;
    Ok(Response::new(pb::BatchCreateTodosResponse { todos: rows.iter().map(todo).collect::<Result<_, _>>()? }))
}

pub async fn update(pool: &Pool, request: pb::UpdateTodoRequest) -> Result<Response<pb::Todo>, Status> {
    let new = request.todo.unwrap_or_default();
    let id = parse_id("todo.id", &new.id)?;
    let (status, due) = (status_text(new.status), to_time(new.due_at));
    let mut parameters: Vec<&(dyn ToSql + Sync)> = vec![&id];
    let mut sets = String::new();
    for path in request.update_mask.unwrap_or_default().paths {
        parameters.push(match path.as_str() {
            "title" => &new.title,
            "notes" => &new.notes,
            "status" => &status,
            "due_at" => &due,
            "priority" => &new.priority,
            _ => return Err(Status::invalid_argument(format!("update_mask: path {path:?} cannot be updated"))),
        });
        sets += &format!("{path} = ${}, ", parameters.len());
    }
    if sets.is_empty() {
        return Err(Status::invalid_argument("update_mask: is required"));
    }
    let mut sql = format!(
        "UPDATE todos SET {sets}updated_at = now(), version = version + 1 WHERE id = $1 AND deleted_at IS NULL"
    );
    if new.version != 0 {
        parameters.push(&new.version);
        sql += &format!(" AND version = ${}", parameters.len());
    }
    sql += &format!(" RETURNING {TODO_COLUMNS}");
    let client = pool.get().await.map_err(pool_status)?;
    let statement = client.prepare_cached(&sql).await.map_err(to_status)?;
    match client.query_opt(&statement, &parameters).await.map_err(to_status)? {
        Some(row) => Ok(Response::new(todo(&row)?)),
        None => Err(explain_miss(&client, id, new.version).await),
    }
}

/// Tells a row that is not there from one at another version.
async fn explain_miss(client: &deadpool_postgres::Client, id: Uuid, version: i64) -> Status {
    let found = async {
        let statement = client.prepare_cached("SELECT version FROM todos WHERE id = $1 AND deleted_at IS NULL").await?;
        client.query_opt(&statement, &[&id]).await
    };
    match found.await {
        Ok(Some(row)) => Status::aborted(format!("the row is at version {}, not {version}", row.get::<_, i64>(0))),
        Ok(None) => Status::not_found("there is no such row"),
        Err(error) => to_status(error),
    }
}

pub async fn soft_delete(pool: &Pool, id: &str) -> Result<Response<pb::Todo>, Status> {
    let sql = format!(
        "UPDATE todos SET deleted_at = now(), updated_at = now(), version = version + 1 \
         WHERE id = $1 AND deleted_at IS NULL RETURNING {TODO_COLUMNS}"
    );
    set_deleted(pool, id, &sql).await
}

pub async fn restore(pool: &Pool, id: &str) -> Result<Response<pb::Todo>, Status> {
    let sql = format!(
        "UPDATE todos SET deleted_at = NULL, updated_at = now(), version = version + 1 \
         WHERE id = $1 AND deleted_at IS NOT NULL RETURNING {TODO_COLUMNS}"
    );
    set_deleted(pool, id, &sql).await
}

async fn set_deleted(pool: &Pool, id: &str, sql: &str) -> Result<Response<pb::Todo>, Status> {
    let id = parse_id("id", id)?;
    let client = pool.get().await.map_err(pool_status)?;
    let statement = client.prepare_cached(sql).await.map_err(to_status)?;
    match client.query_opt(&statement, &[&id]).await.map_err(to_status)? {
        Some(row) => Ok(Response::new(todo(&row)?)),
        None => Err(Status::not_found("there is no such row")),
    }
}
