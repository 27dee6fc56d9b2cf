//! When the driver may try a request again by itself.
use scylla::errors::{DbError, RequestAttemptError};
use scylla::policies::retry::{RequestInfo, RetryDecision, RetryPolicy, RetrySession};

/// What is idempotent is tried again on the next node; anything else only where the request never
/// came to be worked on. The driver's own policy also repeats what a node called unavailable: for a
/// conditional statement that may be one that was accepted already.
#[derive(Debug)]
pub struct Careful;

#[derive(Default)]
struct CarefulSession {
    again: bool, // tried again for want of replicas or time: once is enough
}

impl RetryPolicy for Careful {
    fn new_session(&self) -> Box<dyn RetrySession> {
        Box::new(CarefulSession::default())
    }
}

impl RetrySession for CarefulSession {
    fn decide_should_retry(&mut self, request: RequestInfo) -> RetryDecision {
        self.decide(request.error, request.is_idempotent)
    }

    fn reset(&mut self) {
        *self = CarefulSession::default();
    }
}

impl CarefulSession {
    fn decide(&mut self, error: &RequestAttemptError, idempotent: bool) -> RetryDecision {
        match error {
            RequestAttemptError::UnableToAllocStreamId | RequestAttemptError::DbError(DbError::IsBootstrapping, _) => {
                RetryDecision::RetryNextTarget(None)
            }
            _ if !idempotent => RetryDecision::DontRetry,
            RequestAttemptError::BrokenConnectionError(_)
            | RequestAttemptError::DbError(DbError::Overloaded | DbError::ServerError | DbError::TruncateError, _) => {
                RetryDecision::RetryNextTarget(None)
            }
            RequestAttemptError::DbError(
                DbError::Unavailable { .. } | DbError::ReadTimeout { .. } | DbError::WriteTimeout { .. },
                _,
            ) if !self.again => {
                self.again = true;
                RetryDecision::RetryNextTarget(None)
            }
            _ => RetryDecision::DontRetry,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scylla::errors::WriteType;
    use scylla::statement::Consistency;

    fn db(error: DbError) -> RequestAttemptError {
        RequestAttemptError::DbError(error, String::new())
    }

    fn unavailable() -> RequestAttemptError {
        db(DbError::Unavailable { consistency: Consistency::LocalQuorum, required: 2, alive: 1 })
    }

    fn write_timeout() -> RequestAttemptError {
        let consistency = Consistency::LocalQuorum;
        db(DbError::WriteTimeout { consistency, received: 1, required: 2, write_type: WriteType::Cas })
    }

    #[test]
    fn what_is_not_idempotent_is_tried_once() {
        for error in [unavailable(), write_timeout(), db(DbError::Overloaded), db(DbError::ServerError)] {
            let mut session = CarefulSession::default();
            assert_eq!(session.decide(&error, false), RetryDecision::DontRetry, "{error}");
        }
    }

    #[test]
    fn what_nobody_worked_on_goes_to_another_node() {
        for error in [RequestAttemptError::UnableToAllocStreamId, db(DbError::IsBootstrapping)] {
            let mut session = CarefulSession::default();
            assert_eq!(session.decide(&error, false), RetryDecision::RetryNextTarget(None), "{error}");
        }
    }

    #[test]
    fn idempotent_requests_are_tried_again_but_not_for_ever() {
        let mut session = CarefulSession::default();
        assert_eq!(session.decide(&db(DbError::Overloaded), true), RetryDecision::RetryNextTarget(None));
        assert_eq!(session.decide(&unavailable(), true), RetryDecision::RetryNextTarget(None));
        assert_eq!(session.decide(&write_timeout(), true), RetryDecision::DontRetry);
        session.reset();
        assert_eq!(session.decide(&write_timeout(), true), RetryDecision::RetryNextTarget(None));
    }

    #[test]
    fn what_is_wrong_stays_wrong() {
        assert_eq!(CarefulSession::default().decide(&db(DbError::Invalid), true), RetryDecision::DontRetry);
    }
}
