#!/bin/sh
# Makes Debian's Chromium available to the browser tests, where it is missing and may be installed.
set -u
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "Installing Chromium for the browser tests ..."
    if apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        chromium fonts-liberation >/dev/null; then
        exit 0
    fi
fi
echo "There is no Chromium here, so the browser tests will be skipped."
echo "To run them, install it (Debian: apt-get install chromium) or name one: HEARING_CHROMIUM=/path/to/chromium"
exit 0
