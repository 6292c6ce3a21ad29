//! The benchmark's services as a Rust team would write them: tonic, tokio-postgres, deadpool with its statement cache.

mod convert;
mod projects;
mod todos;
mod writes;

use std::env;
use std::error::Error;

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod};
use tokio::signal::unix::{signal, SignalKind};
use tokio_postgres::NoTls;
use tonic::transport::Server;
use tonic::{Request, Response, Status};

use convert::{parse_id, to_status, PROFILE_COLUMNS};
use pb::profile_repository_server::{ProfileRepository, ProfileRepositoryServer};
use pb::project_repository_server::ProjectRepositoryServer;
use pb::todo_repository_server::TodoRepositoryServer;

/// What prost makes of the protos.
#[allow(clippy::all)]
pub mod pb {
    tonic::include_proto!("bench.v1");
}

struct Profiles {
    pool: Pool,
}

#[tonic::async_trait]
impl ProfileRepository for Profiles {
    async fn get_by_id(&self, request: Request<pb::GetProfileByIdRequest>) -> Result<Response<pb::Profile>, Status> {
        let id = parse_id("id", &request.get_ref().id)?;
        let client = self.pool.get().await.map_err(convert::pool_status)?;
        let statement = client
            .prepare_cached(&format!("SELECT {PROFILE_COLUMNS} FROM profiles WHERE id = $1 AND deleted_at IS NULL"))
            .await
            .map_err(to_status)?;
        match client.query_opt(&statement, &[&id]).await.map_err(to_status)? {
            Some(row) => Ok(Response::new(convert::profile(&row)?)),
            None => Err(Status::not_found("there is no such row")),
        }
    }
}

/// Connections are made when they are first needed, as many as `size`, each with a cache of prepared statements.
fn make_pool(url: &str, size: usize) -> Result<Pool, Box<dyn Error>> {
    let mut config: tokio_postgres::Config = url.parse()?;
    config.options("-c search_path=rowkeeper_bench -c timezone=UTC");
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    Ok(Pool::builder(Manager::from_config(config, NoTls, recycling)).max_size(size).build()?)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let pool = make_pool(&env::var("DATABASE_URL")?, env::var("POOL_SIZE")?.parse()?)?;
    drop(pool.get().await?); // the database is there
    let mut terminate = signal(SignalKind::terminate())?;
    Server::builder()
        .tcp_nodelay(true)
        .add_service(ProfileRepositoryServer::new(Profiles { pool: pool.clone() }))
        .add_service(TodoRepositoryServer::new(todos::Todos { pool: pool.clone() }))
        .add_service(ProjectRepositoryServer::new(projects::Projects { pool }))
        .serve_with_shutdown(env::var("ADDRESS")?.parse()?, async move {
            terminate.recv().await;
        })
        .await?;
    Ok(())
}
