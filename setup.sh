#!/bin/sh
# Sets a Debian or Ubuntu machine up for cuagym. Run it again at any time: what is there is skipped.
set -eu
cd "$(dirname "$0")"

usage() {
    cat <<'END'
usage: ./setup.sh [demo|test] [ARGUMENT...]

  ./setup.sh         system packages, a virtual environment in .venv, the compiled parts, CRIU
  ./setup.sh demo    the same, then `cuagym demo`: watch Calc being driven through real tasks
  ./setup.sh test    the same, then the tests

Arguments after demo go to `cuagym demo`, those after test to pytest.

environment:
  PYTHON   the interpreter to build .venv with (3.11 or later; found by itself if not given)
END
}

say() { printf '==> %s\n' "$*"; }
die() {
    printf 'setup.sh: %s\n' "$*" >&2
    exit 1
}

# The names in images/packages.toml stand one a line, in quotes, inside the lists.
listed() { awk -F'"' '/^packages = \[/ { on = 1; next } /^\]/ { on = 0 } on { print $2 }' images/packages.toml; }

installed() { [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    elif command -v sudo >/dev/null; then
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    else
        die "this needs root and there is no sudo; as root, run: $*"
    fi
}

has_candidate() { LC_ALL=C apt-cache policy "$1" | grep -q 'Candidate: [^(]'; }

apt_install() {
    as_root apt-get -qq install --yes --no-install-recommends -o Dpkg::Use-Pty=0 "$@" >/dev/null ||
        die "apt-get could not install: $*"
}

system_packages() {
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        die "only Debian and Ubuntu are set up automatically; install what these packages hold there,
then \`pip install -e '.[video,human,test]'\`:" $(listed)
    fi
    missing=
    for name in $(listed); do installed "$name" || missing="$missing $name"; done
    if [ -z "$missing" ]; then
        say "1/4 system packages: all there"
    else
        say "1/4 system packages: installing$missing"
        as_root apt-get -qq update || say "apt-get update failed; trying with the lists at hand"
        there=
        for name in $missing; do
            # Ubuntu has no chromium but a snap, which no sandbox can see: everything else works.
            if [ "$name" = chromium ] && ! has_candidate "$name"; then
                say "    no package $name here: there will be no CUA-Browser-v0"
            else
                there="$there $name"
            fi
        done
        [ -z "$there" ] || apt_install $there
    fi
}

suits() { "$1" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for python in ${PYTHON:-python3 /usr/bin/python3 python3.13 python3.12 python3.11}; do
        suits "$python" && return
    done
    [ -z "${PYTHON:-}" ] || die "PYTHON=$PYTHON is not a Python 3.11 or later with venv and ensurepip"
    say "    no Python 3.11 or later: installing python3.11"
    as_root apt-get -qq update || true
    apt_install python3.11 python3.11-venv
    python=python3.11
}

# Written last, so that a set-up that was cut short is not taken for a finished one.
stamp=.venv/cuagym-setup

virtual_environment() {
    tested=video,human,test # which brings what learners take, PyTorch among it: gigabytes
    extras=video,human,miniwob
    [ "$verb" != test ] || extras=$tested
    wanted="$(cksum pyproject.toml) $PWD"
    there=$(cat $stamp 2>/dev/null || true)
    if { [ "$there" = "$wanted $extras" ] || [ "$there" = "$wanted $tested" ]; } &&
        .venv/bin/python -c 'import cuagym' 2>/dev/null; then
        say "2/4 virtual environment: up to date"
        return
    fi
    find_python
    say "2/4 virtual environment: .venv, with $("$python" --version)"
    # --clear mends a half-made or moved one; pip's cache makes that cheap.
    "$python" -m venv --clear .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -e ".[$extras]"
    printf '%s\n' "$wanted $extras" >$stamp
}

compiled_parts() {
    say "3/4 compiled parts"
    .venv/bin/python -c '
from cuagym.native.build import artifact
for name in ("clock.so", "controller.so", "init"):
    print("   ", artifact(name))'
}

# What freezing and forking live desktops needs; only root can. Everything else works without.
snapshots() {
    if [ "$(id -u)" != 0 ]; then
        say "4/4 snapshots of live desktops: only for root"
        return
    fi
    say "4/4 snapshots of live desktops"
    sh images/criu.sh || say "    desktops cannot be frozen or forked here; everything else works"
}

verb="${1:-}"
case "$verb" in
-h | --help | help)
    usage
    exit
    ;;
"" | demo | test) ;;
*)
    usage >&2
    die "unknown argument: $verb"
    ;;
esac
[ $# = 0 ] || shift

system_packages
virtual_environment
compiled_parts
snapshots
case "$verb" in
demo)
    say "cuagym demo"
    exec .venv/bin/cuagym demo "$@"
    ;;
test)
    say "pytest"
    exec .venv/bin/python -m pytest -n 2 --dist loadfile "$@"
    ;;
*) say "ready: . .venv/bin/activate; cuagym demo" ;;
esac
