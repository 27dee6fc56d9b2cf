//! What came of a request: rows, or an error with what it says about whether it was applied.
use std::time::Duration;

use scylla::deserialize::row::ColumnIterator;
use scylla::errors::{ConnectionPoolError, DbError, ExecutionError, PrepareError, RequestAttemptError};
use scylla::response::PagingStateResponse;
use scylla::response::query_result::{QueryResult, QueryRowsResult};

/// The numbers of cql.h.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Status {
    Done = 0,
    Refused = 1,
    Unknown = 2,
    Invalid = 3,
    Denied = 4,
}

/// What a statement is, as far as its errors are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Sent once.
    Plain,
    /// Sent once, and it has an IF.
    Conditional,
    /// May have been sent before the attempt whose error is known.
    Idempotent,
}

/// Conditional if one is; idempotent only if all are.
pub fn kind_of_batch(kinds: impl Iterator<Item = Kind>) -> Kind {
    kinds
        .reduce(|all, one| match (all, one) {
            (Kind::Conditional, _) | (_, Kind::Conditional) => Kind::Conditional,
            (Kind::Idempotent, Kind::Idempotent) => Kind::Idempotent,
            _ => Kind::Plain,
        })
        .unwrap_or(Kind::Plain)
}

pub struct Answer {
    pub status: Status,
    pub error: String,
    pub next_page: Vec<u8>, // empty: the last page
    rows: Option<QueryRowsResult>,
}

impl Answer {
    pub fn empty() -> Answer {
        Answer { status: Status::Done, error: String::new(), next_page: vec![], rows: None }
    }

    pub fn failed(status: Status, error: impl Into<String>) -> Answer {
        Answer { status, error: error.into(), ..Answer::empty() }
    }

    pub fn late(timeout: Duration) -> Answer {
        Answer::failed(Status::Unknown, format!("no answer within {} ms", timeout.as_millis()))
    }

    pub fn of_prepare_error(error: &PrepareError) -> Answer {
        Answer::failed(status_of_prepare(error), error.to_string())
    }

    pub fn of_unpaged(answer: Result<QueryResult, ExecutionError>, kind: Kind) -> Answer {
        Answer::of(answer.map(|result| (result, PagingStateResponse::NoMorePages)), kind)
    }

    pub fn of(answer: Result<(QueryResult, PagingStateResponse), ExecutionError>, kind: Kind) -> Answer {
        let (result, paging) = match answer {
            Ok(answer) => answer,
            Err(error) => return Answer::failed(status_of(&error, kind), error.to_string()),
        };
        let next_page = match paging {
            PagingStateResponse::HasMorePages { state } => {
                state.as_bytes_slice().map_or(vec![], |state| state.to_vec())
            }
            PagingStateResponse::NoMorePages => vec![],
        };
        if !result.is_rows() {
            return Answer { next_page, ..Answer::empty() };
        }
        match result.into_rows_result() {
            Ok(rows) => Answer { next_page, rows: Some(rows), ..Answer::empty() },
            Err(error) => Answer::failed(Status::Unknown, error.to_string()),
        }
    }

    pub fn columns(&self) -> usize {
        self.rows.as_ref().map_or(0, |rows| rows.column_specs().len())
    }

    /// Every cell, row after row, as `view` makes it; or, where the rows cannot be read, an answer
    /// that says so.
    pub fn cells<'a, T>(&'a self, view: impl Fn(Option<&'a [u8]>) -> T) -> Result<Vec<T>, Answer> {
        let Some(rows) = &self.rows else { return Ok(vec![]) };
        let mut cells = Vec::with_capacity(self.columns() * rows.rows_num());
        for row in rows.rows::<ColumnIterator>().map_err(unreadable)? {
            for column in row.map_err(unreadable)? {
                cells.push(view(column.map_err(unreadable)?.slice.map(|slice| slice.as_slice())));
            }
        }
        Ok(cells)
    }
}

fn unreadable(error: impl std::fmt::Display) -> Answer {
    Answer::failed(Status::Unknown, format!("the answer cannot be read: {error}"))
}

fn status_of(error: &ExecutionError, kind: Kind) -> Status {
    match error {
        ExecutionError::BadQuery(_) => Status::Invalid,
        ExecutionError::EmptyPlan => Status::Refused,
        ExecutionError::PrepareError(error) => status_of_prepare(error),
        // The last node of several; the ones before may have got it.
        ExecutionError::ConnectionPoolError(_) if kind == Kind::Idempotent => Status::Unknown,
        ExecutionError::ConnectionPoolError(error) => status_of_pool(error),
        ExecutionError::LastAttemptError(error) => status_of_attempt(error, kind),
        _ => Status::Unknown,
    }
}

fn status_of_prepare(error: &PrepareError) -> Status {
    match error {
        PrepareError::AllAttemptsFailed { first_attempt } => match status_of_attempt(first_attempt, Kind::Plain) {
            // Preparing applies nothing.
            Status::Unknown => Status::Refused,
            known => known,
        },
        PrepareError::ConnectionPoolError(error) => status_of_pool(error),
        _ => Status::Refused,
    }
}

fn status_of_pool(_: &ConnectionPoolError) -> Status {
    Status::Refused
}

fn status_of_attempt(error: &RequestAttemptError, kind: Kind) -> Status {
    match error {
        RequestAttemptError::SerializationError(_) | RequestAttemptError::CqlRequestSerialization(_) => Status::Invalid,
        RequestAttemptError::UnableToAllocStreamId if kind != Kind::Idempotent => Status::Refused,
        RequestAttemptError::DbError(error, _) => status_of_db(error, kind),
        _ => Status::Unknown,
    }
}

fn status_of_db(error: &DbError, kind: Kind) -> Status {
    match error {
        DbError::SyntaxError | DbError::Invalid | DbError::ConfigError | DbError::AlreadyExists { .. } => {
            Status::Invalid
        }
        DbError::Unauthorized | DbError::AuthenticationError => Status::Denied,
        DbError::Unavailable { consistency, .. } => match kind {
            Kind::Plain => Status::Refused,
            // Too few for the promise of Paxos: nothing was proposed. Too few for the commit (which
            // has the consistency of plain writes): it was, and may be finished by somebody else.
            Kind::Conditional if consistency.is_serial() => Status::Refused,
            Kind::Conditional | Kind::Idempotent => Status::Unknown,
        },
        DbError::IsBootstrapping if kind != Kind::Idempotent => Status::Refused,
        // Overloaded is found out while the write goes to the replicas: some may have it.
        _ => Status::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scylla::errors::WriteType;
    use scylla::statement::Consistency;

    fn db(error: DbError) -> ExecutionError {
        ExecutionError::LastAttemptError(RequestAttemptError::DbError(error, String::new()))
    }

    fn unavailable(consistency: Consistency) -> ExecutionError {
        db(DbError::Unavailable { consistency, required: 2, alive: 1 })
    }

    #[test]
    fn too_few_nodes_for_a_plain_write_refuse_it() {
        assert_eq!(status_of(&unavailable(Consistency::LocalQuorum), Kind::Plain), Status::Refused);
    }

    #[test]
    fn too_few_nodes_for_a_conditional_write_refuse_it_only_before_the_proposal() {
        assert_eq!(status_of(&unavailable(Consistency::LocalSerial), Kind::Conditional), Status::Refused);
        assert_eq!(status_of(&unavailable(Consistency::LocalQuorum), Kind::Conditional), Status::Unknown);
    }

    #[test]
    fn what_may_have_been_tried_before_is_unknown() {
        assert_eq!(status_of(&unavailable(Consistency::LocalQuorum), Kind::Idempotent), Status::Unknown);
        let pool = ExecutionError::ConnectionPoolError(ConnectionPoolError::Initializing);
        assert_eq!(status_of(&pool, Kind::Idempotent), Status::Unknown);
        assert_eq!(status_of(&pool, Kind::Conditional), Status::Refused);
    }

    #[test]
    fn a_time_out_is_unknown() {
        let consistency = Consistency::LocalSerial;
        for write_type in [WriteType::Cas, WriteType::Simple, WriteType::UnloggedBatch] {
            let error = db(DbError::WriteTimeout { consistency, received: 1, required: 2, write_type });
            assert_eq!(status_of(&error, Kind::Conditional), Status::Unknown);
            assert_eq!(status_of(&error, Kind::Plain), Status::Unknown);
        }
        assert_eq!(status_of(&ExecutionError::RequestTimeout(Duration::from_secs(1)), Kind::Plain), Status::Unknown);
        assert_eq!(Answer::late(Duration::from_millis(5)).status, Status::Unknown);
    }

    #[test]
    fn an_overloaded_or_failing_node_may_have_applied_it() {
        for error in [DbError::Overloaded, DbError::ServerError, DbError::TruncateError, DbError::Other(1)] {
            assert_eq!(status_of(&db(error), Kind::Plain), Status::Unknown);
        }
    }

    #[test]
    fn what_is_not_understood_is_invalid_and_not_applied() {
        for error in [DbError::SyntaxError, DbError::Invalid, DbError::ConfigError] {
            for kind in [Kind::Plain, Kind::Conditional, Kind::Idempotent] {
                assert_eq!(status_of(&db(error.clone()), kind), Status::Invalid);
            }
        }
        assert_eq!(status_of(&db(DbError::Unauthorized), Kind::Plain), Status::Denied);
    }

    #[test]
    fn a_batch_is_what_its_statements_are() {
        use Kind::*;
        assert_eq!(kind_of_batch([Plain, Conditional].into_iter()), Conditional);
        assert_eq!(kind_of_batch([Conditional, Idempotent].into_iter()), Conditional);
        assert_eq!(kind_of_batch([Idempotent, Idempotent].into_iter()), Idempotent);
        assert_eq!(kind_of_batch([Idempotent, Plain].into_iter()), Plain);
    }
}
