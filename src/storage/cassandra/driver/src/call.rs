//! One call: it waits for a place, is carried out, and its callback hears of it exactly once.
use std::ffi::c_void;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use scylla::response::PagingState;
use tokio::runtime::Runtime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use crate::CqlResult;
use crate::answer::{Answer, Status};

pub type CqlDone = extern "C" fn(*mut c_void, *mut CqlResult);

/// Places for requests under way, and a queue before them. Both are bounded.
pub struct Places {
    free: Arc<Semaphore>,
    waiting: AtomicUsize,
    max_waiting: usize,
}

impl Places {
    pub fn new(in_flight: usize, max_waiting: usize) -> Places {
        Places { free: Arc::new(Semaphore::new(in_flight.max(1))), waiting: AtomicUsize::new(0), max_waiting }
    }

    /// Nobody gets a place any more.
    pub fn close(&self) {
        self.free.close();
    }

    /// A place, in order of coming, before `deadline`. Or why not.
    async fn enter(&self, deadline: Instant) -> Result<OwnedSemaphorePermit, Answer> {
        if let Ok(place) = self.free.clone().try_acquire_owned() {
            return Ok(place);
        }
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= self.max_waiting {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(Answer::failed(Status::Refused, "too many requests wait for the database"));
        }
        let place = timeout_at(deadline, self.free.clone().acquire_owned()).await;
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        match place {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) => Err(Answer::failed(Status::Refused, "the server is stopping")),
            Err(_) => {
                Err(Answer::failed(Status::Refused, "the database is too busy: the request was not sent in time"))
            }
        }
    }
}

/// Whom to tell, and until when. Dropped untold (the runtime ends), it tells that nothing is known.
pub struct Call {
    done: Option<CqlDone>,
    context: *mut c_void,
    timeout: Duration,
}

// `context` is C++'s: handed through, never looked at.
unsafe impl Send for Call {}

impl Call {
    pub fn new(done: CqlDone, context: *mut c_void, timeout_ms: u64) -> Call {
        Call { done: Some(done), context, timeout: Duration::from_millis(timeout_ms) }
    }

    /// Carries out `request` on `runtime` and tells its answer.
    pub fn start<F>(self, runtime: &Runtime, places: &Arc<Places>, request: F)
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        let places = places.clone();
        let timeout = self.timeout;
        let request = Box::pin(request); // some kilobytes, which would be moved at every step from here
        runtime.spawn(async move {
            let call = self;
            let answer = run(&places, timeout, request).await;
            call.tell(answer);
        });
    }

    fn tell(mut self, answer: Answer) {
        if let Some(done) = self.done.take() {
            done(self.context, CqlResult::leak(answer));
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if let Some(done) = self.done.take() {
            let answer = Answer::failed(Status::Unknown, "the request was given up before it was answered");
            done(self.context, CqlResult::leak(answer));
        }
    }
}

async fn run(places: &Places, timeout: Duration, request: impl Future<Output = Answer>) -> Answer {
    let deadline = Instant::now() + timeout;
    let _place = match places.enter(deadline).await {
        Ok(place) => place,
        Err(answer) => return answer,
    };
    // From here on the request may be on its way, whatever the clock says.
    timeout_at(deadline, request).await.unwrap_or_else(|_| Answer::late(timeout))
}

pub fn paging_state(bytes: Vec<u8>) -> PagingState {
    if bytes.is_empty() { PagingState::start() } else { PagingState::new_from_raw_bytes(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use tokio::sync::oneshot;

    const LONG: u64 = 60_000;

    fn runtime() -> Runtime {
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
    }

    extern "C" fn hear(context: *mut c_void, result: *mut CqlResult) {
        let told = unsafe { Box::from_raw(context.cast::<mpsc::Sender<(Status, String)>>()) };
        let result = unsafe { Box::from_raw(result) };
        told.send((result.answer.status, result.answer.error.clone())).unwrap();
    }

    /// A call whose answers come out of the receiver.
    fn call(timeout_ms: u64) -> (Call, mpsc::Receiver<(Status, String)>) {
        let (told, heard) = mpsc::channel();
        (Call::new(hear, Box::into_raw(Box::new(told)).cast(), timeout_ms), heard)
    }

    fn never() -> impl Future<Output = Answer> + Send {
        std::future::pending()
    }

    #[test]
    fn an_answer_is_told_once() {
        let (runtime, places) = (runtime(), Arc::new(Places::new(1, 1)));
        let (call, heard) = call(LONG);
        call.start(&runtime, &places, async { Answer::empty() });
        assert_eq!(heard.recv().unwrap().0, Status::Done);
        assert!(heard.recv().is_err(), "told twice");
    }

    #[test]
    fn no_answer_in_time_is_unknown() {
        let (runtime, places) = (runtime(), Arc::new(Places::new(1, 1)));
        let (call, heard) = call(1);
        call.start(&runtime, &places, never());
        assert_eq!(heard.recv().unwrap().0, Status::Unknown);
    }

    #[test]
    fn no_place_in_time_is_refused() {
        let (runtime, places) = (runtime(), Arc::new(Places::new(1, 1)));
        let _taken = places.free.clone().try_acquire_owned().unwrap();
        let (call, heard) = call(1);
        call.start(&runtime, &places, async { unreachable!("there is no place") });
        assert_eq!(heard.recv().unwrap().0, Status::Refused);
    }

    #[test]
    fn beyond_the_queue_requests_are_refused() {
        let (runtime, places) = (runtime(), Arc::new(Places::new(1, 0)));
        let _taken = places.free.clone().try_acquire_owned().unwrap();
        let (call, heard) = call(LONG);
        call.start(&runtime, &places, async { unreachable!("there is no place") });
        let (status, error) = heard.recv().unwrap();
        assert_eq!(status, Status::Refused);
        assert!(error.contains("too many"), "{error}");
    }

    #[test]
    fn who_waits_goes_on_when_a_place_is_free() {
        let (runtime, places) = (runtime(), Arc::new(Places::new(1, 1)));
        let (go, may_go) = oneshot::channel::<()>();
        let (first, first_heard) = call(LONG);
        first.start(&runtime, &places, async {
            may_go.await.unwrap();
            Answer::empty()
        });
        let (second, second_heard) = call(LONG);
        second.start(&runtime, &places, async { Answer::empty() });
        go.send(()).unwrap();
        assert_eq!(first_heard.recv().unwrap().0, Status::Done);
        assert_eq!(second_heard.recv().unwrap().0, Status::Done);
    }

    #[test]
    fn closing_refuses_who_waits() {
        let (runtime, places) = (runtime(), Arc::new(Places::new(1, 8)));
        let _taken = places.free.clone().try_acquire_owned().unwrap();
        let (call, heard) = call(LONG);
        call.start(&runtime, &places, async { unreachable!("there is no place") });
        places.close();
        assert_eq!(heard.recv().unwrap().0, Status::Refused);
    }

    #[test]
    fn the_end_of_the_runtime_leaves_nobody_without_an_answer() {
        let (runtime, places) = (runtime(), Arc::new(Places::new(1, 1)));
        let (call, heard) = call(LONG);
        call.start(&runtime, &places, never());
        runtime.shutdown_timeout(Duration::from_secs(5));
        assert_eq!(heard.recv().unwrap().0, Status::Unknown);
    }
}
