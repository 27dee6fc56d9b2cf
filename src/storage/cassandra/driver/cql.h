/*
 * A CQL driver (the Rust crate scylla) as C functions: the few that a store needs.
 *
 * Values cross as CQL wire bytes, so that nothing here knows types. What is given is copied before a
 * function returns. Whoever gets a CqlResult frees it with cql_result_free. The session outlives its
 * statements and calls.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct CqlSession CqlSession;
typedef struct CqlStatement CqlStatement;
typedef struct CqlResult CqlResult;

/* Some bytes, or a text in UTF-8. A `len` of -1: null. */
typedef struct CqlBytes {
  const uint8_t* data;
  int64_t len;
} CqlBytes;

typedef struct CqlBound {
  const CqlStatement* statement;
  const CqlBytes* values;
  size_t count;
} CqlBound;

/* Texts may be empty: there is none. */
typedef struct CqlOptions {
  CqlBytes contact_points; /* "host:port,host:port" */
  CqlBytes datacenter;     /* empty: the only one that there is */
  CqlBytes keyspace;       /* whose replication the driver learns, to route by */
  CqlBytes user;
  CqlBytes password;
  CqlBytes ca_file; /* PEM; empty: no TLS */
  CqlBytes certificate_file;
  CqlBytes key_file;
  uint32_t threads;
  uint32_t max_in_flight;
  uint32_t max_waiting;
  uint64_t connect_timeout_ms;
} CqlOptions;

typedef struct CqlStatementOptions {
  bool idempotent;  /* may be tried again, whatever happened */
  bool conditional; /* has an IF */
  bool serial;      /* a read at LOCAL_SERIAL */
  int32_t page_size; /* 0: all rows in one answer */
} CqlStatementOptions;

enum {
  CQL_DONE = 0,
  CQL_REFUSED = 1, /* certainly not applied; may be tried again */
  CQL_UNKNOWN = 2, /* may have been applied, or be so yet */
  CQL_INVALID = 3, /* certainly not applied: not understood, or not as the schema is */
  CQL_DENIED = 4,  /* certainly not applied: who are you? */
};

/* Takes the result; on a thread of the driver, or within the call that it was given to. Must not
 * block. Called exactly once. */
typedef void (*CqlDone)(void* context, CqlResult* result);

/* -- These block ------------------------------------------------------------------------------- */

/* Sets `session` where the result is CQL_DONE. */
CqlResult* cql_open(const CqlOptions* options, CqlSession** session);
/* Refuses what waits and what comes. What is under way goes on. */
void cql_stop(const CqlSession* session);
/* After the last call has ended. */
void cql_close(CqlSession* session);
/* One statement without values; where it changes the schema, until all nodes have it. */
CqlResult* cql_run(const CqlSession* session, CqlBytes cql, uint64_t timeout_ms);
/* Until all nodes that are there have the same schema. */
CqlResult* cql_await_schema(const CqlSession* session, uint64_t timeout_ms);
/* Sets `statement` where the result is CQL_DONE. */
CqlResult* cql_prepare(const CqlSession* session, CqlBytes cql, CqlStatementOptions options,
                       uint64_t timeout_ms, CqlStatement** statement);
void cql_statement_free(CqlStatement* statement);

/* -- These return at once; `done` is called within `timeout_ms` --------------------------------- */

/* `page`: from cql_result_page, or empty. */
void cql_execute(const CqlSession* session, const CqlBound* bound, CqlBytes page,
                 uint64_t timeout_ms, CqlDone done, void* context);
/* One unlogged batch; `count` is at least 1. */
void cql_batch(const CqlSession* session, const CqlBound* bounds, size_t count, uint64_t timeout_ms,
               CqlDone done, void* context);

/* -- An answer: what these return is valid until it is freed ------------------------------------ */

void cql_result_free(CqlResult* result);
int32_t cql_result_status(const CqlResult* result);
/* Empty where the status is CQL_DONE. */
CqlBytes cql_result_error(const CqlResult* result);
size_t cql_result_columns(const CqlResult* result);
/* Row after row; `count` receives rows times columns. */
const CqlBytes* cql_result_cells(const CqlResult* result, size_t* count);
/* Empty: there are no more rows. */
CqlBytes cql_result_page(const CqlResult* result);

#ifdef __cplusplus
}
#endif
