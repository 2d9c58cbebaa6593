#!/usr/bin/env bash
# Make the Python environment STATE/venv from the locks in requirements/, hashes checked.
#
#   scripts/environment.sh runtime|dev|containers|benchmarks
#
# `containers` is what the image holds, in a place of its own, STATE/venv-containers: the tests of
# the containers' commands run with exactly that. `benchmarks`, in STATE/venv-benchmarks, is what we
# are measured against.
#
# What a finished installation leaves behind is a stamp named by the hash of its lock, so the second
# call does nothing. The lock of `runtime` is a part of that of `dev`: a current stamp of one stays
# when the other is installed. All that is written lies in the state folder, uv's cache included.
set -euo pipefail

kind=$1
cd "$(dirname "${BASH_SOURCE[0]}")/.."
state=${WAREHOUSE_STATE:-$PWD/.warehouse}
venv=$state/venv
if [[ $kind == containers || $kind == benchmarks ]]; then venv=$state/venv-$kind; fi

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

say() { printf '%s\n' "$*" >&2; }

lock_hash() { cat requirements/bootstrap.txt "requirements/$1.txt" pyproject.toml | sha256sum | cut -c-16; }

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3.11 python3}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
            printf '%s' "$candidate"
            return
        fi
    done
    fail "Python 3.11 is needed and none of '${PYTHON:-python3.11 python3}' is it;" \
        "install it (Debian 12: apt-get install python3.11), or name it: make PYTHON=/path/to/python3.11"
}

# Debian's python3 lacks `ensurepip` until python3-venv is installed.
create_venv() {
    local python=$1
    if "$python" -m venv --clear "$venv" 2>/dev/null; then return; fi
    if [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
        fail "$python cannot make an environment ($python -m venv): on Debian, as root:" \
            "apt-get install python3-venv"
    fi
    say "Installing python3-venv, which $python needs ..."
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -yq python3-venv; } >&2 ||
        fail "apt-get could not install python3-venv; install it by hand and try again"
    "$python" -m venv --clear "$venv" || fail "$python -m venv does not work, see above"
}

# uv reads none of pip's configuration: hand over what a closed network sets there.
hand_over_pip_configuration() {
    local index certificates
    index=$("$venv/bin/python" -m pip config get global.index-url 2>/dev/null || true)
    index=${PIP_INDEX_URL:-$index}
    certificates=$("$venv/bin/python" -m pip config get global.cert 2>/dev/null || true)
    certificates=${PIP_CERT:-$certificates}
    if [[ -n $index ]]; then export UV_DEFAULT_INDEX=${UV_DEFAULT_INDEX:-$index}; fi
    if [[ -n $certificates ]]; then export SSL_CERT_FILE=${SSL_CERT_FILE:-$certificates}; fi
}

umask 022
mkdir -p "$state"
exec 9>"$state/.environment.lock"
flock 9 # two makes at once: the second finds the work done

stamp=$venv/.$kind-$(lock_hash "$kind")
if [[ -e $stamp ]]; then exit; fi

if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then create_venv "$(find_python)"; fi
say "Installing the environment into $venv (once, about a minute) ..."
for old in "$venv"/.{runtime,dev,containers,benchmarks}-*; do
    known=${old##*/.}
    if [[ $known != "${known%%-*}-$(lock_hash "${known%%-*}")" ]]; then rm -f "$old"; fi
done
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-cache-dir \
    --require-hashes -r requirements/bootstrap.txt
hand_over_pip_configuration
# The system's certificates, as pip trusts them: a closed network often has an authority of its own.
export UV_SYSTEM_CERTS=true
export UV_CACHE_DIR=$state/cache/uv UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1
# Compiled here, once: where nobody compiles (PYTHONDONTWRITEBYTECODE), each process would, and the
# import of Great Expectations takes 12 s instead of 2. But not for make's tests, which import a
# quarter of what is installed and keep what they compile: half a minute less.
compile=(--compile-bytecode)
if [[ $kind == dev ]]; then compile=(); fi
"$venv/bin/uv" pip install --quiet "${compile[@]}" --python "$venv/bin/python" --require-hashes \
    -r "requirements/$kind.txt"
if [[ $kind != benchmarks ]]; then
    "$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --no-deps --no-build-isolation \
        --editable .
fi
touch "$stamp"
