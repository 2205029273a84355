#!/bin/sh
# Makes the programs that some tests drive available: Debian's Chromium and PostgreSQL, and in a long run
# LibreOffice, each where it is missing and may be installed. What stays missing is said; its tests are then skipped.
set -u

has_chromium() {
    [ -n "${HEARING_CHROMIUM:-}" ] && return 0
    for name in chromium chromium-browser google-chrome; do
        command -v "$name" >/dev/null 2>&1 && return 0
    done
    return 1
}

has_postgresql() {
    command -v initdb >/dev/null 2>&1 && return 0
    for program in /usr/lib/postgresql/*/bin/initdb; do
        [ -x "$program" ] && return 0
    done
    return 1
}

updated=no
install() { # what it is, then the packages
    command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ] || return 1
    echo "Installing $1 for the tests ..."
    shift
    [ "$updated" = yes ] || apt-get update -qq || return 1
    updated=yes
    # The packages' own scripts talk on both channels; what they say matters only if they fail.
    said=$(DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" 2>&1) && return 0
    echo "$said"
    return 1
}

# Debian's package makes a database of its own and starts a server on it, which nobody here asked for: where the
# machine has no policy on what may be started, there is one for as long as the installation takes.
install_postgresql() {
    policy=/usr/sbin/policy-rc.d
    if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ] && [ ! -e "$policy" ]; then
        trap 'rm -f "$policy"' EXIT
        trap 'exit 1' INT TERM
        printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"
    fi
    install PostgreSQL postgresql
}

if ! has_chromium && ! install Chromium chromium fonts-liberation; then
    echo "There is no Chromium here, so the browser tests will be skipped."
    echo "To run them, install it (Debian: apt-get install chromium) or name one: HEARING_CHROMIUM=/path/to/chromium"
fi
if ! has_postgresql && ! install_postgresql; then
    echo "There is no PostgreSQL here, so its tests will be skipped."
    echo "To run them, install it (Debian: apt-get install postgresql) or put initdb on the PATH."
fi
# Only the long run opens the tables in a spreadsheet.
if [ "${HEARING_SOAK:-}" = 1 ] && ! command -v soffice >/dev/null 2>&1 &&
    ! install LibreOffice libreoffice-calc-nogui && ! install LibreOffice libreoffice-calc; then
    echo "There is no LibreOffice here, so the tests that open tables in it will be skipped."
    echo "To run them, install it (Debian: apt-get install libreoffice-calc-nogui) or put soffice on the PATH."
fi
exit 0
