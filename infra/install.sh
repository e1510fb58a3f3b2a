#!/usr/bin/env bash
# Installs the Pushgateway, the aggregator of prefreeze and Prometheus as services of systemd, on Debian and Ubuntu.
# INSTALL.md beside this file is its guide. Running it again upgrades.
set -euo pipefail
# Services have users of their own, who must be able to read programs and configuration, whatever root's umask is.
umask 022

readonly HELP='Installs the Pushgateway, the aggregator of prefreeze and Prometheus on Debian 12, Ubuntu 24.04 or newer.

  sudo infra/install.sh [options]          installs, or upgrades what is installed
  infra/install.sh --dry-run [options]     prints what it would do, and changes nothing
  sudo infra/install.sh --uninstall        removes all but data: totals, metrics, the token, files you changed
  sudo infra/install.sh --purge            removes these, too

  --listen HOST:PORT         where functions push to [127.0.0.1:9092]
  --tls-cert FILE, --tls-key FILE
                             the aggregator serves https with these (PEM)
  --insecure-listen          allows a --listen beyond this machine without TLS: tokens can be read on the way
  --pushgateway-port PORT    on 127.0.0.1 [9091]
  --prometheus-port PORT     on 127.0.0.1 [9090]
  --without PROGRAM          aggregator or prometheus; repeat it for both
  --node FILE                Node.js for the aggregator [node on the PATH]
  --pushgateway FILE         program to run instead of the package prometheus-pushgateway
  --prometheus FILE          program to run instead of the package prometheus
  --prefreeze VERSION        of the npm package prefreeze [latest]
  --tarball FILE             packed npm package to install instead; repeat it for each package that npm lacks
  --offline                  fetches nothing: packages are installed already, or in the cache of npm
  --forget                   forgets the options of earlier runs, which hold until they are given anew
  --help'

# ---- what is where ----
readonly PREFIX=/opt/prefreeze
readonly CONFIGURATION=/etc/prefreeze
readonly TOKEN=$CONFIGURATION/bearer-token
readonly PROMETHEUS_CONFIGURATION=$CONFIGURATION/prometheus
# What this script has put where, one fact a line, so that --uninstall takes away just that.
readonly RECORD=$CONFIGURATION/install-record
readonly UNITS=/etc/systemd/system
readonly POLICY=/usr/sbin/policy-rc.d
readonly READY_WITHIN_S=300
SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly SOURCE

say() { printf '%s\n' "$*"; }

fail() {
  printf 'install.sh: %s\n' "$*" >&2
  exit 1
}

wrong_input() {
  printf 'install.sh: %s\n' "$*" >&2
  exit 2
}

# ---- options ----
ACTION=install
DRY_RUN=no
OFFLINE=no
FORGET=no
PREFREEZE_VERSION=latest
TARBALLS=()
declare -A OPTIONS=()
readonly REMEMBERED='listen tls-cert tls-key insecure-listen pushgateway-port prometheus-port without node pushgateway prometheus'

read_options() {
  local name without=
  while (($# > 0)); do
    name=${1#--}
    case $1 in
      --dry-run) DRY_RUN=yes ;;
      --uninstall) [[ $ACTION == purge ]] || ACTION=uninstall ;;
      --purge) ACTION=purge ;;
      --offline) OFFLINE=yes ;;
      --forget) FORGET=yes ;;
      --insecure-listen) OPTIONS[$name]=yes ;;
      -h | --help)
        say "$HELP"
        exit 0
        ;;
      --listen | --tls-cert | --tls-key | --pushgateway-port | --prometheus-port | --without | --node | --pushgateway | --prometheus | --prefreeze | --tarball)
        (($# > 1)) || wrong_input "$1 needs a value. See: install.sh --help"
        # A line break would write another line into the files that are made of it.
        [[ -n $2 && $2 != *[[:cntrl:]]* ]] || wrong_input "$1 needs a value of printable characters"
        case $1 in
          --without) without="$without $2" ;;
          --prefreeze) PREFREEZE_VERSION=$2 ;;
          --tarball) TARBALLS+=("$(readlink -m -- "$2")") ;;
          # Links stay links: who renews a certificate or a program lets them point to another file.
          --tls-* | --node | --pushgateway | --prometheus) OPTIONS[$name]=$(realpath -ms -- "$2") ;;
          *) OPTIONS[$name]=$2 ;;
        esac
        shift
        ;;
      *) wrong_input "$1 is no option. See: install.sh --help" ;;
    esac
    shift
  done
  [[ -z $without ]] || OPTIONS[without]=${without# }
}

# Options of earlier runs hold, so that running it again without any is an upgrade.
recall_options() {
  local kind name value given=${OPTIONS[listen]-}
  [[ -r $RECORD && $FORGET == no ]] || return 0
  while read -r kind name value; do
    [[ $kind == option && " $REMEMBERED " == *" $name "* ]] || continue
    # A new address makes up its own mind about TLS.
    if [[ -n $given && $name =~ ^(tls-cert|tls-key|insecure-listen)$ ]]; then continue; fi
    [[ -n ${OPTIONS[$name]-} ]] || OPTIONS[$name]=$value
  done <"$RECORD"
}

option() { printf '%s' "${OPTIONS[$1]-${2-}}"; }
wanted() { [[ " $(option without) " != *" $1 "* ]]; }

check_options() {
  local each
  for each in $(option without); do
    [[ $each =~ ^(aggregator|prometheus)$ ]] || wrong_input "--without takes aggregator or prometheus, not $each"
  done
  LISTEN=$(option listen 127.0.0.1:9092)
  PUSHGATEWAY=127.0.0.1:$(option pushgateway-port 9091)
  PROMETHEUS=127.0.0.1:$(option prometheus-port 9090)
  is_port "${PUSHGATEWAY##*:}" 1024 || wrong_input '--pushgateway-port takes a port from 1024 to 65535'
  is_port "${PROMETHEUS##*:}" 1024 || wrong_input '--prometheus-port takes a port from 1024 to 65535'
  LISTEN_HOST=${LISTEN%:*}
  LISTEN_PORT=${LISTEN##*:}
  if [[ $LISTEN != *:* || ! $LISTEN_HOST =~ ^([0-9A-Za-z.-]+|\[[0-9A-Fa-f:.]+\])$ ]] || ! is_port "$LISTEN_PORT" 1; then
    wrong_input '--listen takes a host and a port, as in 127.0.0.1:9092, 0.0.0.0:443 or [::]:443'
  fi
  TLS=no
  if [[ -n $(option tls-cert)$(option tls-key) ]]; then
    [[ -n $(option tls-cert) && -n $(option tls-key) ]] || wrong_input 'give --tls-cert and --tls-key together'
    for each in tls-cert tls-key; do
      [[ $(option $each) =~ ^[A-Za-z0-9./_@+-]+$ ]] ||
        wrong_input "--$each: units of systemd take paths of letters, digits and ./_@+- only"
      [[ -f $(option $each) ]] || wrong_input "--$each: $(option $each) does not exist"
    done
    TLS=yes
  fi
  if ! is_loopback "$LISTEN_HOST" && [[ $TLS == no && $(option insecure-listen no) == no ]]; then
    wrong_input "--listen $LISTEN is beyond this machine, and without TLS everybody on the way can read the token: give --tls-cert and --tls-key, or --insecure-listen if the network is yours"
  fi
  [[ $(printf '%s\n' "$LISTEN_PORT" "${PUSHGATEWAY##*:}" "${PROMETHEUS##*:}" | sort -u | wc -l) == 3 ]] ||
    wrong_input "aggregator, Pushgateway and Prometheus need a port each: $LISTEN_PORT, ${PUSHGATEWAY##*:} and ${PROMETHEUS##*:} are not three"
  [[ $PREFREEZE_VERSION =~ ^[0-9A-Za-z.^~-]+$ ]] || wrong_input '--prefreeze takes a version, as in 0.1.0 or latest'
  for each in "${TARBALLS[@]}"; do
    [[ -f $each ]] || wrong_input "--tarball: $each does not exist"
  done
  for each in pushgateway prometheus; do
    ! hidden_from_services "$(option $each)" ||
      wrong_input "--$each: $(option $each) is where services may not look: put it into /opt or /usr/local"
    [[ -z $(option $each) || -x $(option $each) && -f $(option $each) ]] ||
      wrong_input "--$each: $(option $each) is no program"
  done
}

# The units have ProtectHome and PrivateTmp.
hidden_from_services() { # FILE
  [[ $(readlink -m -- "$1") =~ ^(/home|/root|/run/user|/tmp|/var/tmp)/ ]]
}

is_port() { # TEXT LEAST
  [[ $1 =~ ^[1-9][0-9]{0,4}$ ]] && (($1 >= $2 && $1 <= 65535))
}

is_loopback() { [[ $1 =~ ^(127\.[0-9.]+|\[::1\]|localhost)$ ]]; }

# ---- doing, or saying so ----
# What has changed decides what is restarted, by the next run if this one is interrupted.
declare -A CHANGED=()

changed() { # PROGRAM
  CHANGED[$1]=yes
  remember changed "$1" yes
}

act() {
  if [[ $DRY_RUN == yes ]]; then
    say "would run: $*"
  else
    "$@"
  fi
}

# Keeps a fact in the record, in place of others about the same. Usage: remember KIND NAME VALUE
remember() {
  [[ $DRY_RUN == no ]] || return 0
  local kept=
  mkdir -p "$CONFIGURATION"
  if [[ -f $RECORD ]]; then kept=$(awk -v kind="$1" -v name="$2" '!($1 == kind && $2 == name)' "$RECORD"); fi
  printf '%s\n' ${kept:+"$kept"} "$*" | sort >"$RECORD.new"
  chmod 0644 "$RECORD.new"
  mv -f "$RECORD.new" "$RECORD"
}

recorded() { # KIND: the names
  [[ -r $RECORD ]] || return 0
  awk -v kind="$1" '$1 == kind { print $2 }' "$RECORD"
}

recorded_value() { # KIND NAME
  [[ -r $RECORD ]] || return 0
  awk -v kind="$1" -v name="$2" '$1 == kind && $2 == name { print $3 }' "$RECORD"
}

checksum() { sha256sum <"$1" | cut -d ' ' -f 1; }

# Writes a text. A file that somebody has changed since stays. Usage: write FILE MODE PROGRAM TEXT
write() {
  local file=$1 mode=$2 program=$3 new old
  new=$(mktemp)
  printf '%s\n' "$4" >"$new"
  old=$(recorded_value file "$file")
  if [[ -f $file && ! -L $file ]] && cmp -s "$new" "$file" && [[ $(stat -c %a "$file") == "${mode#0}" ]]; then
    remember file "$file" "$(checksum "$new")"
  elif [[ -f $file && $file == "$PROMETHEUS_CONFIGURATION"/* && $(checksum "$file") != "$old" ]]; then
    say "kept: $file, which was changed here; this version of it is $file.new"
    if [[ $DRY_RUN == no ]]; then
      install -m "$mode" "$new" "$file.new"
      remember file "$file.new" "$(checksum "$new")"
    fi
  elif [[ $DRY_RUN == yes ]]; then
    say "would write: $file"
  else
    install -D -m "$mode" "$new" "$file.unfinished"
    remember file "$file" "$(checksum "$new")"
    changed "$program"
    mv -f "$file.unfinished" "$file"
  fi
  rm -f "$new"
}

link() { # TARGET FILE PROGRAM
  if [[ $(readlink "$2" || true) != "$1" ]]; then
    changed "$3"
    act mkdir -p "$(dirname "$2")"
    act ln -sfn "$1" "$2"
  fi
  remember link "$2" "$1"
}

remove_file() { # FILE
  if [[ -e $1 || -L $1 ]]; then act rm -f "$1"; fi
}

forget() { # KIND NAME
  [[ $DRY_RUN == no && -f $RECORD ]] || return 0
  awk -v kind="$1" -v name="$2" '!($1 == kind && $2 == name)' "$RECORD" >"$RECORD.new"
  chmod 0644 "$RECORD.new"
  mv -f "$RECORD.new" "$RECORD"
}

# ---- the machine ----
systemd_runs() { [[ -d /run/systemd/system ]]; }

is_active() { systemctl is-active --quiet "$1" 2>/dev/null; }

systemctl_if_it_runs() {
  if systemd_runs; then act systemctl "$@"; fi
}

check_machine() {
  local ID='' VERSION_ID='' PRETTY_NAME='an unknown system' least version
  if [[ -r /etc/os-release ]]; then
    # shellcheck source=/dev/null
    . /etc/os-release
  fi
  case $ID in
    debian) least=12 ;;
    ubuntu) least=24.04 ;;
    *) fail "this is $PRETTY_NAME, and this script is for Debian and Ubuntu: install by hand, see INSTALL.md" ;;
  esac
  # Debian's testing and unstable have no number.
  if [[ -n $VERSION_ID ]] && ! at_least "$VERSION_ID" "$least"; then
    fail "this is $PRETTY_NAME, and $ID $least or newer is needed: upgrade it, or install by hand, see INSTALL.md"
  fi
  if [[ $DRY_RUN == no && $(id -u) != 0 ]]; then
    fail 'this needs root: run it with sudo, or with --dry-run to see what it would do'
  fi
  if systemd_runs; then
    version=$(systemctl --version | awk 'NR == 1 { print $2 }')
    at_least "$version" 250 || fail "systemd $version is too old: 250 or newer is needed"
  fi
}

at_least() { [[ $(printf '%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]; }

installed_version() { # PACKAGE
  # shellcheck disable=SC2016 # dpkg-query's own variables
  dpkg-query -W -f '${db:Status-Status} ${Version}\n' "$1" 2>/dev/null | awk '$1 == "installed" { print $2 }' || true
}

# ---- ports ----
# The inode of a socket that listens on a port. Any address counts: the next start may find another one free.
listening_inodes() { # PORT
  local hexadecimal
  printf -v hexadecimal '%04X' "$1"
  awk -v port="$hexadecimal" '$4 == "0A" && $2 ~ (":" port "$") { print $10 }' /proc/net/tcp /proc/net/tcp6 2>/dev/null || true
}

# "prometheus (process 812, prometheus.service)", or nothing if nobody listens.
who_listens() { # PORT
  local inode descriptor process unit
  for inode in $(listening_inodes "$1"); do
    for descriptor in /proc/[0-9]*/fd/*; do
      [[ $(readlink "$descriptor" 2>/dev/null || true) == "socket:[$inode]" ]] || continue
      process=${descriptor#/proc/}
      process=${process%%/*}
      unit=$(grep -ao '[^/]*\.service' "/proc/$process/cgroup" 2>/dev/null | tail -n 1 || true)
      say "$(basename "$(readlink "/proc/$process/exe" || cat "/proc/$process/comm" 2>/dev/null)") (process $process${unit:+, $unit})"
      return 0
    done
    say 'another program'
    return 0
  done
}

check_port() { # PROGRAM ADDRESS OPTION
  local owner
  owner=$(who_listens "${2##*:}")
  # Without root, nobody is told whose a socket is.
  if [[ $owner == 'another program' && $(id -u) != 0 ]] && grep -qsF -- "$2" "$UNITS/prefreeze-$1.service"; then return 0; fi
  [[ -z $owner || $owner == *"prefreeze-$1.service"* ]] ||
    fail "port ${2##*:} is in use by $owner: stop that, or choose another port with $3"
}

# Debian's own service of the same program would take the port at the next boot.
check_own_service() { # PROGRAM UNIT
  if systemd_runs && [[ $(systemctl is-enabled "$2" 2>/dev/null || true) == enabled ]]; then
    say "note: $2, which was here before, stays as it is. It and prefreeze-$1 are two services."
  fi
}

# ---- programs: Debian's packages ----
wanted_packages() {
  [[ -n $(option pushgateway) ]] || say prometheus-pushgateway
  if wanted prometheus && [[ -z $(option prometheus) ]]; then say prometheus; fi
}

check_packages() {
  local name
  [[ $OFFLINE == yes ]] || return 0
  for name in $(wanted_packages); do
    [[ -n $(installed_version "$name") ]] ||
      fail "the package $name is not installed, and --offline fetches nothing: install it, or give the program with --${name#prometheus-}"
  done
}

install_packages() {
  local packages=() name unit
  mapfile -t packages < <(wanted_packages)
  for name in "${packages[@]}"; do
    unit=$name.service
    if [[ -z $(installed_version "$name") ]]; then
      # Otherwise, Debian's own service would start as well, with the same port.
      if [[ ! -e $UNITS/$unit && ! -L $UNITS/$unit ]]; then
        act mkdir -p "$UNITS"
        act ln -s /dev/null "$UNITS/$unit"
        remember mask "$UNITS/$unit" /dev/null
      fi
    elif [[ -z $(recorded_value package "$name") ]]; then
      check_own_service "${name#prometheus-}" "$unit"
    fi
  done
  [[ $OFFLINE == no && ${#packages[@]} -gt 0 ]] || return 0
  if [[ $DRY_RUN == yes ]]; then
    act apt-get update
    act apt-get install --no-install-recommends "${packages[@]}"
    return 0
  fi
  say "Debian packages: ${packages[*]}"
  getent passwd prometheus >/dev/null || remember user prometheus yes
  hold_back_services
  # What an interrupted run has left half done.
  if [[ -n $(dpkg --audit) ]]; then
    finish_dpkg
    quietly 'apt-get --fix-broken install' env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=60 --fix-broken install
  fi
  quietly 'apt-get update' apt-get -q update
  # Only what was not there before is taken away again. Written down first, since apt may be interrupted.
  for name in $(apt-get -s -q --no-install-recommends install "${packages[@]}" 2>/dev/null | awk '$1 == "Inst" { print $2 }'); do
    [[ -n $(installed_version "$name")$(recorded_value package "$name") ]] || remember package "$name" "$(how_to_remove "$name")"
    if [[ " ${packages[*]} " == *" $name "* ]]; then changed "${name#prometheus-}"; fi
  done
  quietly 'apt-get install' env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 \
    apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=60 -o Dpkg::Options::=--force-confold install "${packages[@]}"
  let_services_start
}

# A package that was removed and not purged has left configuration and data of somebody's.
how_to_remove() { # PACKAGE
  if [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null || true) == config-files ]]; then say remove; else say purge; fi
}

# Configures what is unpacked. The dpkg of a killed run may still be at work, and nobody else can be meanwhile.
finish_dpkg() {
  local until=$((SECONDS + 60))
  while LC_ALL=C dpkg --force-confold --configure -a 2>&1 </dev/null | grep -q 'locked by another process' && ((SECONDS < until)); do
    sleep 0.5
  done
}

package_versions() {
  # shellcheck disable=SC2016 # dpkg-query's own variables
  dpkg-query -W -f '${db:Status-Status} ${Package} ${Version}\n' | awk '$1 == "installed" { print $2, $3 }'
}

# Debian asks this file whether a package may start its service.
hold_back_services() {
  if [[ -e $POLICY ]]; then return 0; fi
  printf '#!/bin/sh\n# Of prefreeze, while it installs packages.\nexit 101\n' >"$POLICY"
  chmod 0755 "$POLICY"
}

let_services_start() {
  if grep -qs '^# Of prefreeze,' "$POLICY"; then rm -f "$POLICY"; fi
}

# Prints what a command says only if it fails. Usage: quietly NAME COMMAND…
quietly() {
  local name=$1 log
  shift
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1 </dev/null; then
    tail -n 15 "$log" >&2
    rm -f "$log"
    fail "$name failed; its last lines are above"
  fi
  rm -f "$log"
}

# ---- programs: Node.js and prefreeze ----
find_node() {
  local version
  NODE=$(option node "$(command -v node || command -v nodejs || true)")
  [[ -n $NODE ]] ||
    fail 'Node.js is missing: install Node.js 20.16, or 22.3 or newer, with npm (Debian 13: apt-get install nodejs npm), or give the program with --node'
  NODE=$(readlink -f "$NODE")
  version=$("$NODE" -p process.versions.node 2>/dev/null) || fail "$NODE is no Node.js that runs here: give another one with --node"
  NODE_VERSION=$version
  if ! { [[ $version == 20.* ]] && at_least "$version" 20.16; } && ! at_least "$version" 22.3; then
    fail "Node.js $version ($NODE) is too old: 20.16, or 22.3 or newer, is needed. Debian 12 and Ubuntu 24.04 have 18 only: unpack one from nodejs.org into /opt, and give it with --node"
  fi
  ! hidden_from_services "$NODE" ||
    fail "$NODE is where services may not look: put Node.js into /opt or /usr/local, and give it with --node"
  find_npm
}

find_npm() {
  local folder
  folder=$(dirname "$NODE")
  for NPM in "$folder/../lib/node_modules/npm/bin/npm-cli.js" "$(readlink -f "$folder/npm" || true)" \
    "$(readlink -f "$(command -v npm || true)" || true)"; do
    if [[ -f $NPM ]]; then return 0; fi
  done
  fail "npm is missing beside $NODE and on the PATH: install it (Debian: apt-get install npm)"
}

install_prefreeze() {
  local packages=("prefreeze@$PREFREEZE_VERSION") options=(--ignore-scripts --omit=dev --no-audit --no-fund --no-update-notifier --loglevel=error)
  local new=$PREFIX/lib.new old=$PREFIX/lib
  if ((${#TARBALLS[@]} > 0)); then packages=("${TARBALLS[@]}"); fi
  link "$NODE" "$PREFIX/bin/node" aggregator
  write "$PREFIX/bin/prefreeze" 0755 aggregator "#!/bin/sh
exec $PREFIX/bin/node $PREFIX/lib/node_modules/prefreeze/bin/prefreeze.js \"\$@\""
  if [[ $DRY_RUN == yes ]]; then
    say "would install with npm, into $old: ${packages[*]}"
    return 0
  fi
  say "npm packages: ${packages[*]##*/}"
  remember tree "$old" yes
  # What was interrupted between the two moves below.
  if [[ ! -d $old && -d $PREFIX/lib.old ]]; then mv "$PREFIX/lib.old" "$old"; fi
  rm -rf "$new" "$PREFIX/lib.old"
  mkdir -p "$new"
  printf '{ "name": "prefreeze-on-this-machine", "private": true }\n' >"$new/package.json"
  if [[ $OFFLINE == yes ]]; then
    options+=(--offline)
  elif [[ -z ${npm_config_cache-} ]]; then
    NPM_CACHE=$(mktemp -d)
    options+=(--cache "$NPM_CACHE")
  fi
  # With `||`, since what fails here must not leave half of it behind.
  (umask 022 && cd "$new" && quietly 'npm install' "$NODE" "$NPM" install "${options[@]}" "${packages[@]}") || {
    rm -rf "$new"
    exit 1
  }
  "$NODE" "$new/node_modules/prefreeze/bin/prefreeze.js" --version >/dev/null || {
    rm -rf "$new"
    fail "the installed prefreeze does not start with Node.js $NODE_VERSION: give another one with --node, or another version with --prefreeze"
  }
  # npm writes down where it was run.
  rm -f "$new/package-lock.json" "$new/node_modules/.package-lock.json"
  if [[ -d $old ]] && diff -qr "$old/node_modules" "$new/node_modules" >/dev/null; then
    rm -rf "$new"
    return 0
  fi
  changed aggregator
  if [[ -d $old ]]; then mv "$old" "$PREFIX/lib.old"; fi
  mv "$new" "$old"
  rm -rf "$PREFIX/lib.old"
}

# ---- configuration ----
make_token() {
  if [[ -s $TOKEN ]]; then
    if [[ $DRY_RUN == no ]]; then
      chmod 0600 "$TOKEN"
      chown root:root "$TOKEN"
    fi
    return 0
  fi
  if [[ $DRY_RUN == yes ]]; then
    say "would make a token: $TOKEN"
    return 0
  fi
  mkdir -p "$CONFIGURATION"
  (umask 077 && od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$TOKEN.unfinished" && printf '\n' >>"$TOKEN.unfinished")
  mv -f "$TOKEN.unfinished" "$TOKEN"
  say "made a token: $TOKEN"
}

# Replaces the shipped addresses in what it reads. By way of names, since what one becomes may be what another was.
with_addresses() { # AGGREGATOR
  sed -e 's|127\.0\.0\.1:9090|@PROMETHEUS@|g; s|127\.0\.0\.1:9091|@PUSHGATEWAY@|g; s|127\.0\.0\.1:9092|@AGGREGATOR@|g' \
    -e "s|@PROMETHEUS@|$PROMETHEUS|g; s|@PUSHGATEWAY@|$PUSHGATEWAY|g; s|@AGGREGATOR@|$1|g"
}

install_pushgateway() {
  local drop_in=$UNITS/prefreeze-pushgateway.service.d/behind-aggregator.conf text
  link "$(option pushgateway /usr/bin/prometheus-pushgateway)" "$PREFIX/bin/pushgateway" pushgateway
  text=$(with_addresses "$LISTEN" <"$SOURCE/pushgateway/pushgateway.service")
  write "$UNITS/prefreeze-pushgateway.service" 0644 pushgateway "$text"
  if wanted aggregator; then
    text=$(with_addresses "$LISTEN" <"$SOURCE/pushgateway/pushgateway.service.d/behind-aggregator.conf")
    write "$drop_in" 0644 pushgateway "$text"
  elif [[ -e $drop_in ]]; then
    changed pushgateway
    remove_file "$drop_in"
    forget file "$drop_in"
  fi
}

install_aggregator() {
  local text
  make_token
  text=$(aggregator_unit)
  write "$UNITS/prefreeze-aggregator.service" 0644 aggregator "$text"
}

aggregator_unit() {
  with_addresses "$LISTEN" <"$SOURCE/aggregator/aggregator.service" |
    awk -v tls=$TLS -v cert="$(option tls-cert)" -v key="$(option tls-key)" -v low=$((LISTEN_PORT < 1024)) '
      tls == "yes" && /^ *--bearer-token-file/ { print $0 " \\"; print "    --tls-cert %d/tls-cert --tls-key %d/tls-key"; next }
      { print }
      tls == "yes" && /^LoadCredential=bearer-token:/ { print "LoadCredential=tls-cert:" cert; print "LoadCredential=tls-key:" key }
      # The user of the service may not listen below port 1024 otherwise.
      low && /^CapabilityBoundingSet=/ { print "CapabilityBoundingSet=CAP_NET_BIND_SERVICE"; print "AmbientCapabilities=CAP_NET_BIND_SERVICE" }'
}

# Where this machine itself reaches the aggregator.
aggregator_here() {
  case $LISTEN_HOST in
    0.0.0.0) printf '127.0.0.1:%s' "$LISTEN_PORT" ;;
    '[::]') printf '[::1]:%s' "$LISTEN_PORT" ;;
    *) printf '%s' "$LISTEN" ;;
  esac
}

install_prometheus() {
  local file name text
  link "$(option prometheus /usr/bin/prometheus)" "$PREFIX/bin/prometheus" prometheus
  text=$(with_addresses "$LISTEN" <"$SOURCE/prometheus/prometheus.service" |
    if wanted aggregator; then cat; else sed '/^LoadCredential=/d'; fi)
  write "$UNITS/prefreeze-prometheus.service" 0644 prometheus "$text"
  text=$(prometheus_configuration)
  write "$PROMETHEUS_CONFIGURATION/prometheus.yml" 0644 prometheus-configuration "$text"
  for file in "$SOURCE"/prometheus/rules/*.yml; do
    name=$(basename "$file")
    [[ -f $file && $name != *.test.yml ]] || continue
    write "$PROMETHEUS_CONFIGURATION/rules/$name" 0644 prometheus-configuration "$(<"$file")"
  done
}

prometheus_configuration() {
  with_addresses "$(aggregator_here)" <"$SOURCE/prometheus/prometheus.yml" |
    sed 's|credentials_file: .*|credentials_file: /run/credentials/prefreeze-prometheus.service/aggregator-token|' |
    if wanted aggregator; then scrape_aggregator_over_tls; else without_aggregator; fi
}

scrape_aggregator_over_tls() {
  awk -v tls=$TLS '
    { print }
    tls == "yes" && /^  - job_name: aggregator$/ {
      print "    scheme: https"
      print "    # It never leaves this machine, and the certificate is for the name that functions use."
      print "    tls_config: { insecure_skip_verify: true }"
    }'
}

without_aggregator() {
  awk '
    /^  - rules\/aggregator\.yml$/ { next }
    { sub(/rules\/aggregated\.yml/, "rules/direct.yml") }
    # Holds comments back until the job below them is known.
    /^ *#/ { held = held $0 "\n"; next }
    /^  - job_name: / { left_out = $3 == "aggregator" }
    !/^ / && !/^$/ { left_out = 0 }
    !left_out { printf "%s", held; print }
    { held = "" }'
}

# ---- services ----
remember_options() {
  local name
  for name in $REMEMBERED; do
    forget option "$name"
    [[ -z ${OPTIONS[$name]-} ]] || remember option "$name" "${OPTIONS[$name]}"
  done
}

start_services() {
  local program
  for program in "$@"; do
    link "$UNITS/prefreeze-$program.service" "$UNITS/multi-user.target.wants/prefreeze-$program.service" unit-links
  done
  systemctl_if_it_runs daemon-reload
  for program in "$@"; do start_service "$program"; done
  for program in $(recorded changed); do forget changed "$program"; done
}

start_service() { # PROGRAM
  local unit=prefreeze-$1.service
  systemd_runs || return 0
  if ! is_active "$unit"; then
    # After a failure, systemd may have given up.
    act systemctl reset-failed "$unit" 2>/dev/null || true
    act systemctl start "$unit" || true
  elif [[ ${CHANGED[$1]-no} == yes ]]; then
    act systemctl restart "$unit" || true
  elif [[ $1 == prometheus && ${CHANGED[prometheus-configuration]-no} == yes ]]; then
    act systemctl reload "$unit" || true
  fi
}

await_services() {
  [[ $DRY_RUN == no ]] && systemd_runs || return 0
  await_ready pushgateway "$PUSHGATEWAY"
  if wanted aggregator; then await_ready aggregator "$(aggregator_here)"; fi
  if wanted prometheus; then await_ready prometheus "$PROMETHEUS"; fi
}

await_ready() { # PROGRAM ADDRESS
  local unit=prefreeze-$1.service
  local until=$((SECONDS + READY_WITHIN_S)) restarts
  restarts=$(systemctl show --value -p NRestarts "$unit")
  # Prometheus takes minutes to read a large log, while what ends again and again need not be waited for.
  while ((SECONDS < until && $(systemctl show --value -p NRestarts "$unit") < restarts + 3)); do
    if is_active "$unit" && is_ready "$1" "$2"; then return 0; fi
    sleep 0.2
  done
  journalctl -q --no-pager -o cat -n 10 -u "$unit" >&2 || true
  fail "prefreeze-$1 is installed, but does not become ready: its last lines are above, all are in journalctl -u prefreeze-$1"
}

is_ready() { # PROGRAM ADDRESS
  local line host=${2%:*}
  host=${host#\[}
  if [[ $1 == aggregator && $TLS == yes ]]; then
    # Only whether it speaks TLS counts: its certificate is for another name.
    "$NODE" -e 'const https = require("node:https"); https.get(process.argv[1] + "/-/ready", { rejectUnauthorized: false, timeout: 2000 }, ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1)).on("error", () => process.exit(1)).on("timeout", () => process.exit(1))' "https://$2" 2>/dev/null
    return
  fi
  line=$(
    exec 2>/dev/null
    exec 8<>"/dev/tcp/${host%\]}/${2##*:}" || exit
    printf 'GET /-/ready HTTP/1.0\r\nHost: %s\r\n\r\n' "$2" >&8
    read -r -t 2 line <&8 && printf '%s' "$line"
  ) || return 1
  [[ $line == *' 200 '* ]]
}

# ---- what was done ----
version_of() { # PROGRAM OF PROMETHEUS
  "$1" --version 2>&1 | sed -n 's/.*version \([0-9][0-9.]*\).*/\1/p' | head -n 1
}

who_reaches() { # HOST
  if is_loopback "$1"; then say 'this machine only'; else say 'OTHER MACHINES, TOO'; fi
}

summarize() {
  local scheme=http
  [[ $TLS == no ]] || scheme=https
  if [[ $DRY_RUN == yes ]]; then
    say 'Nothing was changed.'
    return 0
  fi
  say ''
  summary_line Pushgateway "$(version_of "$PREFIX/bin/pushgateway")" "http://$PUSHGATEWAY" 127.0.0.1
  if wanted aggregator; then
    summary_line aggregator "$("$PREFIX/bin/prefreeze" --version), Node.js $NODE_VERSION" "$scheme://$LISTEN" "$LISTEN_HOST"
  fi
  if wanted prometheus; then summary_line Prometheus "$(version_of "$PREFIX/bin/prometheus")" "http://$PROMETHEUS" 127.0.0.1; fi
  say ''
  warn_of_pushgateway "$(version_of "$PREFIX/bin/pushgateway")"
  if ! wanted aggregator; then
    say "Functions push to the Pushgateway at http://$PUSHGATEWAY. It has no authentication: put a proxy with TLS before it."
  elif is_loopback "$LISTEN_HOST"; then
    say "Functions push to the aggregator at $scheme://$LISTEN, which only this machine reaches: put a proxy with TLS before it, or give --listen with --tls-cert and --tls-key. They need the token in $TOKEN as PUSHGATEWAY_BEARER_TOKEN."
  else
    say "Functions push to the aggregator on port $LISTEN_PORT by $scheme. They need the token in $TOKEN as PUSHGATEWAY_BEARER_TOKEN."
    [[ $TLS == yes ]] || say 'Without TLS, everybody on the way can read this token.'
  fi
  systemd_runs || say 'systemd does not run here: everything is installed, and nothing was started.'
}

summary_line() { # NAME VERSION ADDRESS HOST
  printf '%-12s %-24s %-30s %s\n' "$1" "$2" "$3" "$(who_reaches "$4")"
}

warn_of_pushgateway() { # VERSION
  at_least "$1" 1.11.1 && return 0
  if [[ $1 == 1.11.0 ]]; then
    say 'Pushgateway 1.11.0 closes the connection instead of answering 400 if a push conflicts with another group. Install 1.11.1 or newer and give it with --pushgateway.'
  elif at_least "$1" 1.6.0; then
    say "Pushgateway $1 is older than 1.11.1, which is tested. Install 1.11.1 or newer and give it with --pushgateway."
  else
    say "Pushgateway $1 stores the first half of a body that was cut off at the end of a line, and an invalid base64 job hangs later pushes. Install 1.11.1 or newer and give it with --pushgateway."
  fi
}

# ---- removing ----
remove_service() { # PROGRAM
  local unit=prefreeze-$1.service
  if systemd_runs && is_active "$unit"; then act systemctl stop "$unit"; fi
  remove_file "$UNITS/multi-user.target.wants/$unit"
  forget link "$UNITS/multi-user.target.wants/$unit"
  remove_file "$UNITS/$unit"
  forget file "$UNITS/$unit"
}

# A program that an earlier run installed, and that this run shall not.
remove_unwanted() {
  local program
  for program in aggregator prometheus; do
    wanted "$program" || [[ ! -e $UNITS/prefreeze-$program.service ]] || remove_service "$program"
  done
}

uninstall() {
  local each packages=()
  [[ -r $RECORD || $ACTION == purge ]] || fail "nothing is installed here: $RECORD does not exist"
  for each in prometheus aggregator pushgateway; do remove_service "$each"; done
  while read -r each; do remove_unchanged "$each"; done < <(recorded file)
  while read -r each; do remove_file "$each"; done < <(recorded link)
  act rm -rf "$PREFIX/lib" "$PREFIX/lib.new" "$PREFIX/lib.old"
  mapfile -t packages < <(recorded package)
  if ((${#packages[@]} > 0)); then remove_packages "${packages[@]}"; fi
  while read -r each; do
    # A unit that somebody has put there since is theirs.
    if [[ $(readlink "$each" || true) == /dev/null ]]; then remove_file "$each"; fi
  done < <(recorded mask)
  # Debian's exporters and its Alertmanager have the same user.
  if [[ -n $(recorded user) && -z $(package_versions | grep '^prometheus' || true) ]] && getent passwd prometheus >/dev/null; then
    act userdel prometheus || say 'kept: the user prometheus'
  fi
  if [[ $ACTION == purge ]]; then remove_data; fi
  remove_file "$RECORD"
  for each in "$UNITS/prefreeze-pushgateway.service.d" "$PREFIX/bin" "$PREFIX" "$PROMETHEUS_CONFIGURATION/rules" "$PROMETHEUS_CONFIGURATION" "$CONFIGURATION"; do
    if [[ $DRY_RUN == no && -d $each ]]; then rmdir --ignore-fail-on-non-empty "$each"; fi
  done
  systemctl_if_it_runs daemon-reload
  list_what_is_left
}

# What somebody has written into a file of the configuration is theirs.
remove_unchanged() { # FILE
  if [[ -f $1 && $1 == "$PROMETHEUS_CONFIGURATION"/* && $ACTION == uninstall ]] &&
    [[ $(checksum "$1") != "$(recorded_value file "$1")" ]]; then
    return 0
  fi
  remove_file "$1"
}

remove_packages() {
  if [[ $DRY_RUN == yes ]]; then
    say "would remove the packages: $*"
    return 0
  fi
  local kept each purged=()
  for each in "$@"; do
    [[ $(recorded_value package "$each") == remove ]] || purged+=("$each")
  done
  hold_back_services
  if [[ -n $(dpkg --audit) ]]; then finish_dpkg; fi
  # dpkg keeps what another package needs meanwhile. It also removes what an interrupted run has left half installed.
  dpkg --force-remove-reinstreq --remove "$@" >/dev/null 2>&1 </dev/null || true
  ((${#purged[@]} == 0)) || dpkg --force-remove-reinstreq --purge "${purged[@]}" >/dev/null 2>&1 </dev/null || true
  kept=$(comm -12 <(printf '%s\n' "$@" | sort) <(package_versions | cut -d ' ' -f 1 | sort) | tr '\n' ' ')
  [[ -z $kept ]] || say "kept, since other packages need them: $kept"
}

readonly STATES='prefreeze-aggregator prefreeze-pushgateway prefreeze-prometheus'

remove_data() {
  local each
  for each in $STATES; do
    if [[ -e /var/lib/$each || -L /var/lib/$each || -d /var/lib/private/$each ]]; then
      act rm -rf "/var/lib/$each" "/var/lib/private/$each"
    fi
  done
  if [[ -d $CONFIGURATION ]]; then act rm -rf "$CONFIGURATION"; fi
}

list_what_is_left() {
  local each
  if [[ $DRY_RUN == yes ]]; then
    say 'Nothing was changed.'
    return 0
  fi
  for each in $STATES; do
    if [[ -d /var/lib/$each ]]; then say "left: /var/lib/$each"; fi
  done
  if [[ -d $CONFIGURATION ]]; then find "$CONFIGURATION" -type f -printf 'left: %p\n' | sort; fi
  if [[ $ACTION == uninstall ]]; then say 'Removed. --purge removes what is left, too.'; else say 'Removed.'; fi
}

# ---- the order of things ----
cleanup() {
  if [[ $DRY_RUN == no && $(id -u) == 0 ]]; then let_services_start; fi
  if [[ -n ${NPM_CACHE-} ]]; then rm -rf "$NPM_CACHE"; fi
}

install_all() {
  local programs=(pushgateway) each
  recall_options
  check_options
  check_port pushgateway "$PUSHGATEWAY" --pushgateway-port
  if wanted aggregator; then
    programs+=(aggregator)
    check_port aggregator "$LISTEN" --listen
    find_node
  fi
  if wanted prometheus; then
    programs+=(prometheus)
    check_port prometheus "$PROMETHEUS" --prometheus-port
  fi
  check_packages
  for each in $(recorded changed); do CHANGED[$each]=yes; done
  [[ $DRY_RUN == yes ]] || install -d -m 0755 "$CONFIGURATION"
  remember_options
  install_packages
  remove_unwanted
  install_pushgateway
  if wanted aggregator; then
    install_prefreeze
    install_aggregator
  fi
  if wanted prometheus; then install_prometheus; fi
  start_services "${programs[@]}"
  await_services
  summarize
}

read_options "$@"
check_machine
trap cleanup EXIT
if [[ $ACTION == install ]]; then install_all; else uninstall; fi
