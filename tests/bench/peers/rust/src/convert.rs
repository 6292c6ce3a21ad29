//! Rows to messages and back, errors to statuses, page tokens.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::Engine;
use prost_types::{value::Kind, ListValue, Struct, Timestamp, Value};
use tokio_postgres::error::SqlState;
use tokio_postgres::Row;
use tonic::Status;
use uuid::Uuid;

use crate::pb;

pub const PROFILE_COLUMNS: &str =
    "id, email, handle, display_name, timezone, settings, created_at, updated_at, deleted_at, version";
pub const TODO_COLUMNS: &str =
    "id, owner_id, title, notes, status, due_at, priority, created_at, updated_at, deleted_at, version";
const DEFAULT_PAGE_SIZE: i64 = 50;
const MAX_PAGE_SIZE: i64 = 1000;

pub fn parse_id(field: &str, text: &str) -> Result<Uuid, Status> {
    Uuid::parse_str(text).map_err(|_| Status::invalid_argument(format!("{field}: is not a UUID")))
}

/// What a database error means to the caller.
pub fn to_status(error: tokio_postgres::Error) -> Status {
    let Some(failure) = error.as_db_error() else {
        return Status::unavailable(error.to_string());
    };
    let message = failure.message().to_string();
    match failure.code() {
        code if *code == SqlState::FOREIGN_KEY_VIOLATION => Status::failed_precondition(message),
        code if *code == SqlState::UNIQUE_VIOLATION => Status::already_exists(message),
        code if code.code().starts_with("22") || matches!(code.code(), "23502" | "23514") => {
            Status::invalid_argument(message)
        }
        _ => Status::internal(message),
    }
}

pub fn pool_status(error: deadpool_postgres::PoolError) -> Status {
    Status::unavailable(error.to_string())
}

pub fn timestamp(time: SystemTime) -> Timestamp {
    Timestamp::from(time)
}

/// An absent or invalid time is NULL.
pub fn to_time(timestamp: Option<Timestamp>) -> Option<SystemTime> {
    timestamp.and_then(|timestamp| SystemTime::try_from(timestamp).ok())
}

pub fn profile(row: &Row) -> Result<pb::Profile, Status> {
    let read = |row: &Row| -> Result<pb::Profile, tokio_postgres::Error> {
        Ok(pb::Profile {
            id: row.try_get::<_, Uuid>(0)?.to_string(),
            email: row.try_get(1)?,
            handle: row.try_get(2)?,
            display_name: row.try_get(3)?,
            timezone: row.try_get(4)?,
            settings: Some(to_struct(row.try_get(5)?)),
            created_at: Some(timestamp(row.try_get(6)?)),
            updated_at: Some(timestamp(row.try_get(7)?)),
            deleted_at: row.try_get::<_, Option<SystemTime>>(8)?.map(timestamp),
            version: row.try_get(9)?,
        })
    };
    read(row).map_err(to_status)
}

pub fn todo(row: &Row) -> Result<pb::Todo, Status> {
    let read = |row: &Row| -> Result<pb::Todo, tokio_postgres::Error> {
        Ok(pb::Todo {
            id: row.try_get::<_, Uuid>(0)?.to_string(),
            owner_id: row.try_get::<_, Uuid>(1)?.to_string(),
            title: row.try_get(2)?,
            notes: row.try_get(3)?,
            status: status_value(row.try_get(4)?),
            due_at: row.try_get::<_, Option<SystemTime>>(5)?.map(timestamp),
            priority: row.try_get(6)?,
            created_at: Some(timestamp(row.try_get(7)?)),
            updated_at: Some(timestamp(row.try_get(8)?)),
            deleted_at: row.try_get::<_, Option<SystemTime>>(9)?.map(timestamp),
            version: row.try_get(10)?,
        })
    };
    read(row).map_err(to_status)
}

fn status_value(text: &str) -> i32 {
    match text {
        "OPEN" => pb::TodoStatus::Open.into(),
        "IN_PROGRESS" => pb::TodoStatus::InProgress.into(),
        "DONE" => pb::TodoStatus::Done.into(),
        _ => pb::TodoStatus::Unspecified.into(),
    }
}

/// What the column holds; the default is that of the table.
pub fn status_text(value: i32) -> &'static str {
    match pb::TodoStatus::try_from(value) {
        Ok(pb::TodoStatus::InProgress) => "IN_PROGRESS",
        Ok(pb::TodoStatus::Done) => "DONE",
        _ => "OPEN",
    }
}

fn to_struct(json: serde_json::Value) -> Struct {
    match json {
        serde_json::Value::Object(map) => {
            Struct { fields: map.into_iter().map(|(key, value)| (key, to_value(value))).collect() }
        }
        _ => Struct::default(),
    }
}

fn to_value(json: serde_json::Value) -> Value {
    let kind = match json {
        serde_json::Value::Null => Kind::NullValue(0),
        serde_json::Value::Bool(value) => Kind::BoolValue(value),
        serde_json::Value::Number(value) => Kind::NumberValue(value.as_f64().unwrap_or_default()),
        serde_json::Value::String(value) => Kind::StringValue(value),
        serde_json::Value::Array(values) => {
            Kind::ListValue(ListValue { values: values.into_iter().map(to_value).collect() })
        }
        object => Kind::StructValue(to_struct(object)),
    };
    Value { kind: Some(kind) }
}

pub fn page_size(asked: i32) -> Result<i64, Status> {
    match i64::from(asked) {
        ..=-1 => Err(Status::invalid_argument("page_size: is negative")),
        0 => Ok(DEFAULT_PAGE_SIZE),
        size => Ok(size.min(MAX_PAGE_SIZE)),
    }
}

/// A page token is the sort key of the last row: a time and an id.
pub fn make_token(at: Option<Timestamp>, id: &str) -> String {
    let micros = at.map_or(0, |at| at.seconds * 1_000_000 + i64::from(at.nanos) / 1000);
    URL_SAFE_NO_PAD.encode(format!("{micros},{id}"))
}

pub fn read_token(token: &str) -> Result<(SystemTime, Uuid), Status> {
    let read = || -> Option<(SystemTime, Uuid)> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        let (micros, id) = text.split_once(',')?;
        Some((UNIX_EPOCH + Duration::from_micros(micros.parse().ok()?), Uuid::parse_str(id).ok()?))
    };
    read().ok_or_else(|| Status::invalid_argument("page_token: is not one of ours"))
}
