# Sourced by what installs tools, here and for the benchmark: steps that leave a stamp, programs under one
# `bin/`, and packages of other Debian suites. The caller has set `tools`, the folder to install into.
# shellcheck shell=bash

mkdir -p "$tools/bin" "$tools/stamps" "$tools/logs"
tools=$(cd "$tools" && pwd)

# Only one installation at a time may write the folder.
exec 9>"$tools/lock"
if ! flock --nonblock 9; then
  echo "another installation is under way, waiting for it"
  flock 9
fi

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "error: installing packages needs root, and there is no sudo: $*" >&2
    exit 1
  fi
}

# step NAME VERSION FUNCTION: runs FUNCTION once per version; its output is shown if it fails.
step() {
  local name=$1 version=$2 function=$3 stamp="$tools/stamps/$1"
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$version" ]; then
    printf '  %-20s %s (there)\n' "$name" "$version"
    return
  fi
  local start=$SECONDS log="$tools/logs/$name.log"
  printf '  %-20s %s …\n' "$name" "$version"
  # A subshell with its own `set -e`: inside `if`, errexit would be off.
  set +e
  (set -e; "$function") >"$log" 2>&1
  local status=$?
  set -e
  if [ $status -ne 0 ]; then
    echo "error: installing $name failed; the end of its log:" >&2
    tail -n 30 "$log" >&2
    exit 1
  fi
  echo "$version" >"$stamp"
  printf '  %-20s done in %d s\n' "" "$((SECONDS - start))"
}

# link NAME PROGRAM: makes PROGRAM available as bin/NAME.
link() {
  [ -x "$2" ] || { echo "error: $2 is not a program"; return 1; }
  ln -sfn "$2" "$tools/bin/$1"
}

# --- packages of other Debian suites, by a private package index ---------------------------

# The archive that this machine already uses.
archive() {
  local uri
  uri=$(sed -n 's/^URIs:[[:space:]]*//p' /etc/apt/sources.list.d/*.sources 2>/dev/null | grep -m1 '/debian/\?$' || true)
  [ -n "$uri" ] || uri=$(grep -hoE '^deb (\[[^]]*\] )?[^ ]+' /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
    awk '{print $NF}' | grep -m1 '/debian/\?$' || true)
  [ -n "$uri" ] || { echo "error: no Debian archive in the package sources" >&2; return 1; }
  echo "${uri%/}"
}

# private_apt SUITE: an APT_CONFIG for SUITE that never touches the machine's own state.
private_apt() {
  local suite=$1 folder="$tools/apt/$1"
  mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial" "$folder/etc"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(archive) $suite main" >"$folder/etc/sources.list"
  cat >"$folder/apt.conf" <<CONF
Dir::State "$folder";
Dir::State::lists "$folder/lists";
Dir::State::status "/var/lib/dpkg/status";
Dir::Cache "$folder/cache";
Dir::Etc::sourcelist "$folder/etc/sources.list";
Dir::Etc::sourceparts "-";
Acquire::Check-Valid-Until "false";
APT::Sandbox::User "root";
CONF
  echo "$folder/apt.conf"
}

# unpack SUITE FOLDER PACKAGE…: unpacks packages of SUITE into FOLDER, without installing them.
unpack() {
  local suite=$1 folder=$2 package downloads
  shift 2
  export APT_CONFIG
  APT_CONFIG=$(private_apt "$suite")
  apt-get update
  downloads=$(mktemp -d)
  (cd "$downloads" && apt-get download "$@")
  rm -rf "$folder"
  mkdir -p "$folder"
  for package in "$downloads"/*.deb; do
    dpkg-deb --field "$package" Package Version
    dpkg -x "$package" "$folder"
  done
  rm -rf "$downloads"
}
