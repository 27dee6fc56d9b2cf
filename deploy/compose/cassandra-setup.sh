#!/bin/bash
# Runs once in a container of Cassandra's image, when all nodes are up: makes Parley's user and keyspace, and takes the
# well-known password away from Cassandra's own. May run again at any time; passwords that are set already stay (change
# them with ALTER ROLE in cqlsh).
set -euo pipefail
readonly copies=3 host=cassandra-1
: "${CASSANDRA_ADMIN_PASSWORD:?}" "${CASSANDRA_PARLEY_PASSWORD:?}"

quoted() { # a CQL string
  local quote="'"
  printf "'%s'" "${1//$quote/$quote$quote}"
}

cql() { # user, password; statements from standard input. The password stands in no command line.
  umask 077
  printf '[PlainTextAuthProvider]\nusername = %s\npassword = %s\n' "$1" "$2" >/tmp/credentials
  cqlsh --credentials=/tmp/credentials "$host"
}

as_admin() {
  cql cassandra "$CASSANDRA_ADMIN_PASSWORD"
}

for try in {1..30}; do
  as_admin <<<"LIST ROLES;" >/dev/null 2>&1 && break
  ((try < 30)) || {
    echo "cassandra-setup: could not sign in, neither with the given password nor as to a new cluster" >&2
    exit 1
  }
  # The first time it is still the well-known one; that user is made some seconds after the first start, and a new
  # password counts some seconds after it was set.
  cql cassandra cassandra >/dev/null 2>&1 <<<"ALTER ROLE cassandra WITH PASSWORD = $(quoted "$CASSANDRA_ADMIN_PASSWORD");" ||
    true
  sleep 3
done

as_admin <<EOF_CQL
CREATE ROLE IF NOT EXISTS parley WITH LOGIN = true AND PASSWORD = $(quoted "$CASSANDRA_PARLEY_PASSWORD");
CREATE KEYSPACE IF NOT EXISTS parley WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': $copies};
GRANT ALL PERMISSIONS ON KEYSPACE parley TO parley;
GRANT SELECT ON KEYSPACE system_views TO parley;
EOF_CQL
echo "cassandra-setup: user parley and keyspace parley are there"
