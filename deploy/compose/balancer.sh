#!/bin/sh
# Makes HAProxy's configuration of deploy/haproxy/haproxy.cfg.in for the servers PARLEYD (names), and prints it.
#
#   balancer.sh TEMPLATE PORT MAXCONN PARLEYD...
set -eu
template=$1 port=$2 maxconn=$3
shift 3
servers=$(for name; do
  # Looked up again and again: a container that is made anew has another address.
  echo "  server $name $name:8080 check port 8081 resolvers docker init-addr libc,none"
done)
while IFS= read -r line; do
  case $line in
    @BIND@) echo "  bind :$port" ;;
    @SERVERS@) echo "$servers" ;;
    *maxconn*@MAXCONN@) echo "  maxconn $maxconn" ;;
    *) printf '%s\n' "$line" ;;
  esac
done <"$template"
cat <<'END'

# Docker's own name server.
resolvers docker
  nameserver docker 127.0.0.11:53
  hold valid 5s
END
