#!/bin/sh
# Installs CRIU, which freezes and restores live desktops, for a machine whose own distribution has
# none or one that is too old for today's kernels. As root, on Debian and what comes from it.
#
# It takes the newer binary from Debian's archive, by apt, which checks its signature, with all the
# libraries that it needs, and puts them into a folder of their own: nothing of the system changes.
set -eu

PREFIX=/usr/local/lib/cuagym/criu
SUITES="sid" # the only one with a version that knows kernels from 6.16 on
LEAST=4.1    # older ones fail on today's kernels (vDSO)

usage() {
    cat <<END
usage: criu.sh [PREFIX]

Puts a CRIU of version $LEAST or later into PREFIX (default: $PREFIX), unless it is there or the
system has one. Needs root and a Debian archive among apt's sources.
END
}

say() { printf '    %s\n' "$*"; }
die() {
    printf 'criu.sh: %s\n' "$*" >&2
    exit 1
}

version() { "$1" --version 2>/dev/null | sed -n 's/^Version: //p'; }

new_enough() { [ -n "$1" ] && [ "$(printf '%s\n%s\n' "$LEAST" "$1" | sort -V | head -n 1)" = "$LEAST" ]; }

there() {
    for criu in "$PREFIX/criu" /usr/sbin/criu /usr/local/sbin/criu; do
        found=$(version "$criu") || continue
        if new_enough "$found"; then
            say "CRIU $found: $criu"
            return 0
        fi
    done
    return 1
}

# The archive that this machine's apt knows, and the keys of Debian's that it trusts.
archive() {
    apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' 'Created-By: Packages' |
        sed -n 's/^Debian|Debian|//p' | head -n 1
}

# apt with lists, status and cache of its own below $work: to it, nothing is installed.
private_apt() {
    apt-get -qq -o "Dir::State::Lists=$work/lists" -o "Dir::State::status=$work/status" \
        -o "Dir::Cache=$work/cache" -o "Dir::Etc::SourceList=$work/sources.list" \
        -o Dir::Etc::SourceParts=- -o APT::Install-Recommends=false -o Acquire::Languages=none \
        -o APT::Sandbox::User=root -o Debug::NoLocking=1 -o Dpkg::Use-Pty=0 "$@"
}

install() {
    from=$(archive)
    [ -n "$from" ] || die "there is no Debian archive among apt's sources; install criu $LEAST or later yourself"
    keys=/usr/share/keyrings/debian-archive-keyring.gpg
    [ -e $keys ] || die "the package debian-archive-keyring is missing"
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/root"
    : >"$work/status"
    for suite in $SUITES; do
        say "CRIU from Debian $suite, into $PREFIX"
        echo "deb [signed-by=$keys] $from $suite main" >"$work/sources.list"
        private_apt update >/dev/null || continue
        private_apt --yes --download-only install criu >/dev/null || continue
        unpack && return
    done
    die "no suite of $from has a CRIU that runs here"
}

unpack() {
    for package in "$work"/cache/archives/*.deb; do dpkg-deb -x "$package" "$work/root"; done
    loader=$(find "$work/root" -name 'ld-linux*.so.*' | head -n 1)
    libraries=$(dirname "$loader")
    [ -x "$work/root/usr/sbin/criu" ] && [ -n "$loader" ] || return 1
    new="$PREFIX.new"
    rm -rf "$new"
    mkdir -p "$new/lib"
    cp "$work/root/usr/sbin/criu" "$new/criu.bin"
    cp -L "$loader" "$new/lib/"
    "$loader" --library-path "$libraries" --list "$new/criu.bin" | sed -n 's/.*=> \([^ ]*\) .*/\1/p' |
        while read -r library; do cp -L "$library" "$new/lib/"; done
    cat >"$new/criu" <<END
#!/bin/sh
exec "$PREFIX/lib/$(basename "$loader")" --library-path "$PREFIX/lib" "$PREFIX/criu.bin" "\$@"
END
    chmod 755 "$new/criu"
    rm -rf "$PREFIX"
    mv "$new" "$PREFIX"
    found=$(version "$PREFIX/criu")
    new_enough "$found" || return 1
    say "CRIU $found: $PREFIX/criu"
}

case "${1:-}" in
-h | --help)
    usage
    exit
    ;;
/*) PREFIX=$1 ;;
"") ;;
*) die "PREFIX must be absolute, got $1" ;;
esac
there && exit
[ "$(id -u)" = 0 ] || die "this needs root"
install
