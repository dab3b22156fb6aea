# packages.sh -- install what a script needs on Debian, and leave the machine's services as they were.
#
# Sourced by ./run and ./test. When nothing is missing, nothing runs: no network, no sudo. What is
# missing comes without recommendations and under a policy that starts no service; a service that
# came in with a package of ours is not enabled either, for Groundswell starts its own processes.

packages_say() { printf '%s\n' "$*" >&2; }

# Prints the names that dpkg does not know as installed.
packages_missing() {
    local name
    for name in "$@"; do
        case "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" in
        installed) ;;
        *) printf '%s\n' "$name" ;;
        esac
    done
}

packages_as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        packages_say "This needs root, and there is no sudo: run as root: $*"
        return 1
    fi
}

# A service that only came with our package does not start with the machine either.
packages_leave_off() {
    if command -v systemctl >/dev/null; then
        packages_as_root systemctl --quiet disable "$1.service" || true
    elif command -v deb-systemd-helper >/dev/null; then
        packages_as_root deb-systemd-helper disable "$1.service" || true
    fi
    if command -v update-rc.d >/dev/null; then
        packages_as_root update-rc.d "$1" disable || true
    fi
} >/dev/null 2>&1

# In a subshell, so that the policy is taken away again however this ends.
packages_install() (
    set -eu
    missing=$(packages_missing "$@")
    [ -n "$missing" ] || exit 0
    if ! command -v apt-get >/dev/null; then
        packages_say "These are missing, and there is no apt-get to install them with:" $missing
        exit 1
    fi
    packages_say "Installing:" $missing

    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        trap 'packages_as_root rm -f "$policy"' EXIT
        trap 'exit 130' INT TERM
        printf '#!/bin/sh\n# nothing starts while Groundswell installs what it needs\nexit 101\n' |
            packages_as_root tee "$policy" >/dev/null
        packages_as_root chmod 755 "$policy"
    fi
    packages_as_root apt-get -qq update
    # shellcheck disable=SC2086 # one word a package
    packages_as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq install -y --no-install-recommends $missing >/dev/null
    for name in $missing; do
        case "$name" in
        redis-server | prometheus) packages_leave_off "$name" ;;
        esac
    done
)
