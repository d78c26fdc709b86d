#!/usr/bin/env bash
# Says, before a long step, what this machine lacks for it.
set -u
case "${1:-}" in
  disk)
    free=$(df --output=avail -k . | tail -n 1)
    if [ "$free" -lt 4000000 ]; then
      echo "Only $((free / 1024)) MB are free on this disk; the assistant needs about 4 GB. Make room and run make again." >&2
      exit 1
    fi
    if [ "$(uname -sm)" != "Linux x86_64" ]; then
      echo "This is $(uname -sm); only Linux on x86-64 is supported." >&2
      exit 1
    fi ;;
  *) echo "usage: checks/machine.sh disk" >&2; exit 2 ;;
esac
