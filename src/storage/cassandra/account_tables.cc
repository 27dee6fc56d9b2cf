#include "storage/cassandra/account_tables.h"

namespace parley::storage::cassandra {
namespace {

constexpr std::string_view kTables[] = {
    // All that must be decided together about one person, with their sessions as rows: bounded by
    // limits.sessions_per_person. Changed conditionally on `version`, but for last_active_at
    // (plain, its own milliseconds as timestamp). Read by user_id, mostly the static columns alone.
    R"(CREATE TABLE IF NOT EXISTS {keyspace}.users (
      user_id uuid,
      session_id uuid,
      version bigint STATIC,
      recent blob STATIC,
      profile blob STATIC,
      password_hash text STATIC,
      reset blob STATIC,
      step bigint STATIC,
      abandoned boolean STATIC,
      last_active_at timestamp STATIC,
      session blob,
      token_hash blob,
      PRIMARY KEY (user_id, session_id)))",

    // Whose a username is, or is about to be: one row. Conditional.
    R"(CREATE TABLE IF NOT EXISTS {keyspace}.usernames (
      name text PRIMARY KEY,
      user_id uuid,
      claimed_at timestamp))",

    // Where the session of a token is: one row. It leads to nothing without the session's own row.
    R"(CREATE TABLE IF NOT EXISTS {keyspace}.session_tokens (
      token_hash blob PRIMARY KEY,
      user_id uuid,
      session_id uuid))",

    // Last uses, plain, their own milliseconds as timestamps: the latest wins. Rows expire, so that
    // one written after its session went goes too. Bounded as the sessions are.
    R"(CREATE TABLE IF NOT EXISTS {keyspace}.session_uses (
      user_id uuid,
      session_id uuid,
      last_used_at timestamp,
      PRIMARY KEY (user_id, session_id)))",

    // What people are found by, in order: all terms with the same first three bytes. Plain, with
    // timestamps made of the person's version.
    R"(CREATE TABLE IF NOT EXISTS {keyspace}.search_terms (
      prefix blob,
      term blob,
      user_id uuid,
      username text,
      PRIMARY KEY (prefix, term, user_id)))",

    // Which partitions of search_terms there are, by the first byte: 65,793 at most in each.
    R"(CREATE TABLE IF NOT EXISTS {keyspace}.search_prefixes (
      first blob,
      prefix blob,
      PRIMARY KEY (first, prefix)))",

    // The journal of administration: its number and the one step that is not finished. One row.
    // Conditional.
    R"(CREATE TABLE IF NOT EXISTS {keyspace}.administration (
      name text PRIMARY KEY,
      version bigint,
      recent blob,
      step blob))",

    // One-time tokens that make an administrator. Conditional.
    R"(CREATE TABLE IF NOT EXISTS {keyspace}.admin_claims (
      token_hash blob PRIMARY KEY))",

    // The invitations of one person: bounded by what they may have, and by what expired since.
    // Conditional on `version`.
    R"(CREATE TABLE IF NOT EXISTS {keyspace}.invitations (
      created_by uuid,
      id uuid,
      version bigint STATIC,
      recent blob STATIC,
      invitation blob,
      making blob,
      PRIMARY KEY (created_by, id)))",

    // Whose an invitation is: by its id (16 bytes) and by its token's hash (32).
    R"(CREATE TABLE IF NOT EXISTS {keyspace}.invitation_keys (
      key blob PRIMARY KEY,
      created_by uuid,
      id uuid))",

    // Whose new password a token is for. It leads to nothing unless the person's row says the same.
    R"(CREATE TABLE IF NOT EXISTS {keyspace}.password_reset_tokens (
      token_hash blob PRIMARY KEY,
      user_id uuid))",

    // Settings, plain, the number of the administrative step as timestamp: the last one wins.
    R"(CREATE TABLE IF NOT EXISTS {keyspace}.settings (
      name text PRIMARY KEY,
      value text))",

    // The audit log, by 30 days. What administrators do is rare: some thousand rows at most.
    R"(CREATE TABLE IF NOT EXISTS {keyspace}.audit (
      period int,
      id uuid,
      entry blob,
      PRIMARY KEY (period, id))
      WITH CLUSTERING ORDER BY (id DESC))",

    // Which partitions of the audit log there are: one partition, a row for 30 days.
    R"(CREATE TABLE IF NOT EXISTS {keyspace}.audit_periods (
      log text,
      period int,
      PRIMARY KEY (log, period))
      WITH CLUSTERING ORDER BY (period DESC))",

    // Keys of the installation: the first one written stays. Conditional.
    R"(CREATE TABLE IF NOT EXISTS {keyspace}.secret_keys (
      name text PRIMARY KEY,
      key blob))",

    // Fleet time, plain, itself as timestamp: the highest wins.
    R"(CREATE TABLE IF NOT EXISTS {keyspace}.fleet_times (
      name text PRIMARY KEY,
      at timestamp))",
};

}  // namespace

std::span<const std::string_view> AccountTables() { return kTables; }

}  // namespace parley::storage::cassandra
