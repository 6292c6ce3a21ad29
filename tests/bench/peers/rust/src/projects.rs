//! Projects with their owners, tasks and comments: one statement for each.

use std::collections::HashMap;

use deadpool_postgres::{Client, Pool};
use tokio_postgres::types::ToSql;
use tokio_postgres::Row;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::convert::{page_size, pool_status, profile, timestamp, to_status, PROFILE_COLUMNS};
use crate::pb;
use crate::pb::project_repository_server::ProjectRepository;

pub struct Projects {
    pub pool: Pool,
}

async fn query(client: &Client, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Status> {
    let statement = client.prepare_cached(sql).await.map_err(to_status)?;
    client.query(&statement, parameters).await.map_err(to_status)
}

async fn load_owners(client: &Client, ids: &[Uuid]) -> Result<HashMap<String, pb::Profile>, Status> {
    let sql = format!("SELECT {PROFILE_COLUMNS} FROM profiles WHERE id = ANY($1) AND deleted_at IS NULL");
    let rows = query(client, &sql, &[&ids]).await?;
    rows.iter().map(|row| profile(row).map(|owner| (owner.id.clone(), owner))).collect()
}

/// By project, in their order.
async fn load_tasks(client: &Client, projects: &[Uuid]) -> Result<HashMap<Uuid, Vec<pb::Task>>, Status> {
    let sql = "SELECT id, project_id, position, title FROM tasks WHERE project_id = ANY($1) \
               ORDER BY project_id, position, id";
    let rows = query(client, sql, &[&projects]).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.get(0)).collect();
    let mut comments = load_comments(client, &ids).await?;
    let mut tasks: HashMap<Uuid, Vec<pb::Task>> = HashMap::new();
    for row in &rows {
        let (id, project): (Uuid, Uuid) = (row.get(0), row.get(1));
        tasks.entry(project).or_default().push(pb::Task {
            id: id.to_string(),
            project_id: project.to_string(),
            position: row.get(2),
            title: row.get(3),
            comments: comments.remove(&id).unwrap_or_default(),
        });
    }
    Ok(tasks)
}

async fn load_comments(client: &Client, tasks: &[Uuid]) -> Result<HashMap<Uuid, Vec<pb::Comment>>, Status> {
    let sql = "SELECT id, task_id, position, body FROM comments WHERE task_id = ANY($1) ORDER BY task_id, position, id";
    let mut comments: HashMap<Uuid, Vec<pb::Comment>> = HashMap::new();
    for row in query(client, sql, &[&tasks]).await? {
        let task: Uuid = row.get(1);
        comments.entry(task).or_default().push(pb::Comment {
            id: row.get::<_, Uuid>(0).to_string(),
            task_id: task.to_string(),
            position: row.get(2),
            body: row.get(3),
        });
    }
    Ok(comments)
}

#[tonic::async_trait]
impl ProjectRepository for Projects {
    async fn list(
        &self,
        request: Request<pb::ListProjectsRequest>,
    ) -> Result<Response<pb::ListProjectsResponse>, Status> {
        let request = request.into_inner();
        let size = page_size(request.page_size)? as usize;
        let client = self.pool.get().await.map_err(pool_status)?;
        let sql = "SELECT id, name, owner_id, created_at FROM projects WHERE name > $1 ORDER BY name LIMIT $2";
        let mut rows = query(&client, sql, &[&request.page_token, &(size as i64 + 1)]).await?;
        let mut next_page_token = String::new();
        if rows.len() > size {
            rows.truncate(size);
            next_page_token = rows[size - 1].get(1);
        }
        let ids: Vec<Uuid> = rows.iter().map(|row| row.get(0)).collect();
        let owner_ids: Vec<Uuid> = rows.iter().map(|row| row.get(2)).collect();
        let owners = load_owners(&client, &owner_ids).await?;
        let mut tasks = load_tasks(&client, &ids).await?;
        let projects = rows.iter().map(|row| {
            let owner_id = row.get::<_, Uuid>(2).to_string();
            pb::Project {
                id: row.get::<_, Uuid>(0).to_string(),
                name: row.get(1),
                owner: owners.get(&owner_id).cloned(),
                owner_id,
                created_at: Some(timestamp(row.get(3))),
                tasks: tasks.remove(&row.get(0)).unwrap_or_default(),
            }
        });
        Ok(Response::new(pb::ListProjectsResponse { projects: projects.collect(), next_page_token }))
    }
}
