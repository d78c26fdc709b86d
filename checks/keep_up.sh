#!/usr/bin/env bash
# keep_up.sh NAME COMMAND...: runs a command and starts it again when it ends by itself, so that one part that fails
# takes no other with it. Ends with the process manager.
set -u
name=$1
shift
trap 'kill "$child" 2>/dev/null; wait "$child"; exit 0' TERM INT
while true; do
  "$@" &
  child=$!
  wait "$child"
  echo "$name ended with status $?; starting it again in 2 seconds." >&2
  sleep 2
done
