#!/bin/sh
# A Chromium for the page tests: PICKET_CHROMIUM, one that is there, or Debian's where we may install it. Never a download of its own.
set -eu
if [ -n "${PICKET_CHROMIUM:-}" ]; then
    [ -x "$PICKET_CHROMIUM" ] || { echo "PICKET_CHROMIUM=$PICKET_CHROMIUM cannot be run" >&2; exit 1; }
    exit 0
fi
command -v chromium >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Debian's chromium for the page tests ..."
    if { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium fonts-dejavu-core; } >/tmp/picket-apt.log 2>&1; then
        exit 0
    fi
    tail -5 /tmp/picket-apt.log >&2
fi
echo "No Chromium for the page tests: install Debian's chromium or set PICKET_CHROMIUM. (The station itself needs none.)" >&2
