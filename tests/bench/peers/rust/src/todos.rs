//! The service of to-dos, and its lists.

use deadpool_postgres::Pool;
use tokio_postgres::types::ToSql;
use tonic::{Request, Response, Status};

use crate::convert::{make_token, page_size, parse_id, pool_status, read_token, to_status, to_time, todo, TODO_COLUMNS};
use crate::pb::todo_repository_server::TodoRepository;
use crate::{pb, writes};

pub struct Todos {
    pub pool: Pool,
}

impl Todos {
    async fn list(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Vec<pb::Todo>, Status> {
        let client = self.pool.get().await.map_err(pool_status)?;
        let statement = client.prepare_cached(sql).await.map_err(to_status)?;
        client.query(&statement, parameters).await.map_err(to_status)?.iter().map(todo).collect()
    }
}

/// Makes a response of rows, of which one more than the page may have been read.
fn page(
    mut todos: Vec<pb::Todo>,
    size: i64,
    key: impl Fn(&pb::Todo) -> Option<prost_types::Timestamp>,
) -> Response<pb::ListTodosResponse> {
    let size = size as usize;
    let mut next_page_token = String::new();
    if todos.len() > size {
        todos.truncate(size);
        next_page_token = make_token(key(&todos[size - 1]), &todos[size - 1].id);
    }
    Response::new(pb::ListTodosResponse { todos, next_page_token })
}

#[tonic::async_trait]
impl TodoRepository for Todos {
    async fn list_by_owner(
        &self,
        request: Request<pb::ListTodosByOwnerRequest>,
    ) -> Result<Response<pb::ListTodosResponse>, Status> {
        let request = request.into_inner();
        let size = page_size(request.page_size)?;
        let owner = parse_id("owner_id", &request.owner_id)?;
        let limit = size + 1;
        let todos = if request.page_token.is_empty() {
            let sql = format!(
                "SELECT {TODO_COLUMNS} FROM todos WHERE owner_id = $1 AND deleted_at IS NULL \
                 ORDER BY created_at DESC, id DESC LIMIT $2"
            );
            self.list(&sql, &[&owner, &limit]).await?
        } else {
            let (at, id) = read_token(&request.page_token)?;
            let sql = format!(
                "SELECT {TODO_COLUMNS} FROM todos WHERE owner_id = $1 AND deleted_at IS NULL \
                 AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT $4"
            );
            self.list(&sql, &[&owner, &at, &id, &limit]).await?
        };
        Ok(page(todos, size, |todo| todo.created_at))
    }

    async fn list_by_date_range(
        &self,
        request: Request<pb::ListTodosByDateRangeRequest>,
    ) -> Result<Response<pb::ListTodosResponse>, Status> {
        let request = request.into_inner();
        let size = page_size(request.page_size)?;
        let owner = parse_id("owner_id", &request.owner_id)?;
        let (start, end) = (to_time(request.start_time), to_time(request.end_time));
        let limit = size + 1;
        let todos = if request.page_token.is_empty() {
            let sql = format!(
                "SELECT {TODO_COLUMNS} FROM todos WHERE owner_id = $1 AND deleted_at IS NULL \
                 AND due_at >= $2 AND due_at < $3 ORDER BY due_at, id LIMIT $4"
            );
            self.list(&sql, &[&owner, &start, &end, &limit]).await?
        } else {
            let (at, id) = read_token(&request.page_token)?;
            let sql = format!(
                "SELECT {TODO_COLUMNS} FROM todos WHERE owner_id = $1 AND deleted_at IS NULL \
                 AND due_at >= $2 AND due_at < $3 AND (due_at, id) > ($4, $5) ORDER BY due_at, id LIMIT $6"
            );
            self.list(&sql, &[&owner, &start, &end, &at, &id, &limit]).await?
        };
        Ok(page(todos, size, |todo| todo.due_at))
    }

    async fn create(&self, request: Request<pb::CreateTodoRequest>) -> Result<Response<pb::Todo>, Status> {
        writes::create(&self.pool, request.into_inner()).await
    }

    async fn update(&self, request: Request<pb::UpdateTodoRequest>) -> Result<Response<pb::Todo>, Status> {
        writes::update(&self.pool, request.into_inner()).await
    }

    async fn soft_delete(&self, request: Request<pb::SoftDeleteTodoRequest>) -> Result<Response<pb::Todo>, Status> {
        writes::soft_delete(&self.pool, &request.get_ref().id).await
    }

    async fn restore(&self, request: Request<pb::RestoreTodoRequest>) -> Result<Response<pb::Todo>, Status> {
        writes::restore(&self.pool, &request.get_ref().id).await
    }

    async fn batch_create(
        &self,
        request: Request<pb::BatchCreateTodosRequest>,
    ) -> Result<Response<pb::BatchCreateTodosResponse>, Status> {
        writes::batch_create(&self.pool, request.into_inner()).await
    }

    type ImportStream = tonic::codegen::BoxStream<pb::ImportTodosResponse>;

    async fn import(
        &self,
        _: Request<tonic::Streaming<pb::ImportTodosRequest>>,
    ) -> Result<Response<Self::ImportStream>, Status> {
        Err(Status::unimplemented("imports are not compared"))
    }
}
