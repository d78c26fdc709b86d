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
  chromium)
    if ! command -v chromium >/dev/null; then
      if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing Chromium for the browser tests ..."
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
      else
        echo "The browser tests need Chromium. Run: sudo apt-get install chromium, then make test again." >&2
        exit 1
      fi
    fi ;;
  *) echo "usage: checks/machine.sh disk|chromium" >&2; exit 2 ;;
esac
