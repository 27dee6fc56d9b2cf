//! The functions of cql.h, which says what they promise: this file turns pointers into values and
//! back, the other modules do the work.
//!
//! Values cross as CQL wire bytes, so the C++ side owns the typing. `cql_execute` and `cql_batch`
//! return at once; their callback runs on a thread of the runtime and must not block it.
mod answer;
mod call;
mod open;
mod retry;
mod values;

use std::{ffi::c_void, ptr, slice, str, sync::Arc, time::Duration};

use scylla::statement::Consistency;
use scylla::statement::batch::{Batch, BatchStatement, BatchType};
use scylla::statement::prepared::PreparedStatement;

use answer::{Answer, Kind, Status};
use call::{Call, CqlDone};
use values::Values;

/// `len` -1: null.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct CqlBytes {
    data: *const u8,
    len: i64,
}

#[repr(C)]
pub struct CqlBound {
    statement: *const CqlStatement,
    values: *const CqlBytes,
    count: usize,
}

#[repr(C)]
pub struct CqlOptions {
    contact_points: CqlBytes,
    datacenter: CqlBytes,
    keyspace: CqlBytes,
    user: CqlBytes,
    password: CqlBytes,
    ca_file: CqlBytes,
    certificate_file: CqlBytes,
    key_file: CqlBytes,
    threads: u32,
    max_in_flight: u32,
    max_waiting: u32,
    connect_timeout_ms: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct CqlStatementOptions {
    idempotent: bool,
    conditional: bool,
    serial: bool,
    page_size: i32,
}

pub struct CqlSession {
    runtime: tokio::runtime::Runtime,
    session: Arc<scylla::client::session::Session>,
    places: Arc<call::Places>,
}

pub struct CqlStatement {
    prepared: Arc<PreparedStatement>,
    kind: Kind,
    paged: bool,
}

/// An answer, and the cells of its rows as C sees them; they point into the answer's frame.
pub struct CqlResult {
    answer: Answer,
    cells: Vec<CqlBytes>,
}

// The pointers in `cells` are into memory that the result owns itself, and that nobody changes.
unsafe impl Send for CqlResult {}

impl CqlBytes {
    const NULL: CqlBytes = CqlBytes { data: ptr::null(), len: -1 };

    fn of(bytes: &[u8]) -> CqlBytes {
        CqlBytes { data: bytes.as_ptr(), len: bytes.len() as i64 }
    }

    /// Safety: the bytes live as long as the answer is used.
    unsafe fn get<'a>(self) -> Option<&'a [u8]> {
        match usize::try_from(self.len) {
            Err(_) => None,
            Ok(0) => Some(&[]),
            Ok(len) => Some(unsafe { slice::from_raw_parts(self.data, len) }),
        }
    }

    unsafe fn text(self) -> Result<String, Answer> {
        let bytes = unsafe { self.get() }.unwrap_or_default();
        str::from_utf8(bytes).map(str::to_owned).map_err(|_| Answer::failed(Status::Invalid, "a text is not UTF-8"))
    }
}

impl CqlResult {
    fn leak(answer: Answer) -> *mut CqlResult {
        let cells = answer.cells(|cell| cell.map_or(CqlBytes::NULL, CqlBytes::of));
        let result = match cells {
            Ok(cells) => CqlResult { answer, cells },
            Err(error) => CqlResult { answer: error, cells: vec![] },
        };
        Box::into_raw(Box::new(result))
    }
}

unsafe fn list<'a, T>(data: *const T, count: usize) -> &'a [T] {
    if count == 0 { &[] } else { unsafe { slice::from_raw_parts(data, count) } }
}

unsafe fn values(bound: &CqlBound) -> Values {
    let cells = unsafe { list(bound.values, bound.count) };
    Values::copy(cells.iter().map(|cell| unsafe { cell.get() }))
}

unsafe fn open_options(options: &CqlOptions) -> Result<open::Options, Answer> {
    unsafe {
        Ok(open::Options {
            contact_points: options.contact_points.text()?,
            datacenter: options.datacenter.text()?,
            keyspace: options.keyspace.text()?,
            user: options.user.text()?,
            password: options.password.text()?,
            ca_file: options.ca_file.text()?,
            certificate_file: options.certificate_file.text()?,
            key_file: options.key_file.text()?,
            threads: options.threads.max(1) as usize,
            connect_timeout: Duration::from_millis(options.connect_timeout_ms),
        })
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cql_open(options: *const CqlOptions, session: *mut *mut CqlSession) -> *mut CqlResult {
    let options = unsafe { &*options };
    let opened = unsafe { open_options(options) }.and_then(|texts| open::open(&texts));
    match opened {
        Err(answer) => CqlResult::leak(answer),
        Ok((runtime, opened)) => {
            let places = call::Places::new(options.max_in_flight as usize, options.max_waiting as usize);
            let made = CqlSession { runtime, session: Arc::new(opened), places: Arc::new(places) };
            unsafe { *session = Box::into_raw(Box::new(made)) };
            CqlResult::leak(Answer::empty())
        }
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cql_stop(session: *const CqlSession) {
    unsafe { &*session }.places.close();
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cql_close(session: *mut CqlSession) {
    let CqlSession { runtime, session, .. } = *unsafe { Box::from_raw(session) };
    drop(session);
    runtime.shutdown_timeout(Duration::from_secs(1));
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cql_run(session: *const CqlSession, cql: CqlBytes, timeout_ms: u64) -> *mut CqlResult {
    let open = unsafe { &*session };
    let cql = match unsafe { cql.text() } {
        Ok(cql) => cql,
        Err(answer) => return CqlResult::leak(answer),
    };
    let timeout = Duration::from_millis(timeout_ms);
    let answer = open.runtime.block_on(async {
        match tokio::time::timeout(timeout, open.session.query_unpaged(cql, ())).await {
            Ok(answer) => Answer::of_unpaged(answer, Kind::Plain),
            Err(_) => Answer::late(timeout),
        }
    });
    CqlResult::leak(answer)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cql_await_schema(session: *const CqlSession, timeout_ms: u64) -> *mut CqlResult {
    let open = unsafe { &*session };
    let timeout = Duration::from_millis(timeout_ms);
    let agreed =
        open.runtime.block_on(async { tokio::time::timeout(timeout, open.session.await_schema_agreement()).await });
    CqlResult::leak(match agreed {
        Ok(Ok(_)) => Answer::empty(),
        Ok(Err(error)) => Answer::failed(Status::Refused, error.to_string()),
        Err(_) => Answer::failed(Status::Refused, "the nodes have different schemas"),
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cql_prepare(
    session: *const CqlSession,
    cql: CqlBytes,
    options: CqlStatementOptions,
    timeout_ms: u64,
    statement: *mut *mut CqlStatement,
) -> *mut CqlResult {
    let open = unsafe { &*session };
    let cql = match unsafe { cql.text() } {
        Ok(cql) => cql,
        Err(answer) => return CqlResult::leak(answer),
    };
    let timeout = Duration::from_millis(timeout_ms);
    let prepared = open.runtime.block_on(async { tokio::time::timeout(timeout, open.session.prepare(cql)).await });
    let mut prepared = match prepared {
        Ok(Ok(prepared)) => prepared,
        Ok(Err(error)) => return CqlResult::leak(Answer::of_prepare_error(&error)),
        Err(_) => return CqlResult::leak(Answer::late(timeout)),
    };
    prepared.set_is_idempotent(options.idempotent);
    if options.page_size > 0 {
        prepared.set_page_size(options.page_size);
    }
    if options.serial {
        prepared.set_consistency(Consistency::LocalSerial);
    }
    let kind = match (options.idempotent, options.conditional) {
        (true, _) => Kind::Idempotent,
        (false, true) => Kind::Conditional,
        (false, false) => Kind::Plain,
    };
    let made = CqlStatement { prepared: Arc::new(prepared), kind, paged: options.page_size > 0 };
    unsafe { *statement = Box::into_raw(Box::new(made)) };
    CqlResult::leak(Answer::empty())
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cql_statement_free(statement: *mut CqlStatement) {
    drop(unsafe { Box::from_raw(statement) });
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cql_execute(
    session: *const CqlSession,
    bound: *const CqlBound,
    page: CqlBytes,
    timeout_ms: u64,
    done: CqlDone,
    context: *mut c_void,
) {
    let (open, bound) = unsafe { (&*session, &*bound) };
    let (statement, values) = unsafe { (&*bound.statement, values(bound)) };
    let (prepared, kind) = (statement.prepared.clone(), statement.kind);
    let session = open.session.clone();
    let call = Call::new(done, context, timeout_ms);
    if statement.paged {
        let page = unsafe { page.get() }.unwrap_or_default().to_vec();
        call.start(&open.runtime, &open.places, async move {
            let page = call::paging_state(page);
            Answer::of(session.execute_single_page(&prepared, &values, page).await, kind)
        });
    } else {
        call.start(&open.runtime, &open.places, async move {
            Answer::of_unpaged(session.execute_unpaged(&prepared, &values).await, kind)
        });
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cql_batch(
    session: *const CqlSession,
    bounds: *const CqlBound,
    count: usize,
    timeout_ms: u64,
    done: CqlDone,
    context: *mut c_void,
) {
    let (open, bounds) = unsafe { (&*session, list(bounds, count)) };
    let statements: Vec<&CqlStatement> = bounds.iter().map(|bound| unsafe { &*bound.statement }).collect();
    let rows: Vec<Values> = bounds.iter().map(|bound| unsafe { values(bound) }).collect();
    let kind = answer::kind_of_batch(statements.iter().map(|statement| statement.kind));
    let mut batch = Batch::new_with_statements(
        BatchType::Unlogged,
        statements.iter().map(|statement| BatchStatement::PreparedStatement((*statement.prepared).clone())).collect(),
    );
    batch.set_is_idempotent(kind == Kind::Idempotent);
    let session = open.session.clone();
    Call::new(done, context, timeout_ms)
        .start(&open.runtime, &open.places, async move { Answer::of_unpaged(session.batch(&batch, rows).await, kind) });
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cql_result_free(result: *mut CqlResult) {
    drop(unsafe { Box::from_raw(result) });
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cql_result_status(result: *const CqlResult) -> i32 {
    unsafe { &*result }.answer.status as i32
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cql_result_error(result: *const CqlResult) -> CqlBytes {
    CqlBytes::of(unsafe { &*result }.answer.error.as_bytes())
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cql_result_columns(result: *const CqlResult) -> usize {
    unsafe { &*result }.answer.columns()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cql_result_cells(result: *const CqlResult, count: *mut usize) -> *const CqlBytes {
    let cells = &unsafe { &*result }.cells;
    unsafe { *count = cells.len() };
    cells.as_ptr()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cql_result_page(result: *const CqlResult) -> CqlBytes {
    CqlBytes::of(&unsafe { &*result }.answer.next_page)
}
