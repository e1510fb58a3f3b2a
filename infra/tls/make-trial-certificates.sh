#!/bin/sh
# Makes a certificate authority, and certificates that it signs for the Pushgateway and the aggregator. For a trial: in
# production, take certificates from the authority that your other servers have theirs from.
set -eu

usage() {
  cat <<'TEXT'
Usage: make-trial-certificates.sh [--days NUMBER] FOLDER NAME...

Makes a certificate authority and two server certificates, in a new FOLDER:
  ca.pem                                the authority: give it to those who connect
  ca-key.pem                            its key: whoever has it can pass for any server
  pushgateway.pem, pushgateway-key.pem  for the Pushgateway
  aggregator.pem, aggregator-key.pem    for the aggregator

Each NAME is a host name or an IP address by which functions and Prometheus
reach the server. localhost, 127.0.0.1 and ::1 are always among them.

  --days NUMBER  how long they are valid, from 1 to 397 (default: 30)

They are for a trial: nobody renews or revokes them.
TEXT
}

fail() {
  printf 'make-trial-certificates.sh: %s\n' "$1" >&2
  exit 2
}

days=30
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help)
      usage
      exit 0
      ;;
    --days)
      [ $# -ge 2 ] || fail '--days needs a number'
      days=$2
      shift 2
      ;;
    --)
      shift
      break
      ;;
    -*) fail "there is no option $1: see --help" ;;
    *) break ;;
  esac
done

case $days in
  '' | *[!0-9]* | ????*) fail '--days is a whole number from 1 to 397' ;;
esac
if [ "$days" -lt 1 ] || [ "$days" -gt 397 ]; then fail '--days is a whole number from 1 to 397'; fi
[ $# -ge 2 ] || fail 'name a folder, and the names of the server: see --help'
folder=$1
shift
command -v openssl >/dev/null || fail 'openssl is missing: install it, for example with apt-get install openssl'

names=DNS:localhost,IP:127.0.0.1,IP:::1
for name in "$@"; do
  case $name in
    # A comma would begin another field of the certificate.
    '' | *[!A-Za-z0-9.:*-]*) fail "$name is neither a host name nor an IP address" ;;
    *:*) names=$names,IP:$name ;;
    *[!0-9.]*) names=$names,DNS:$name ;;
    *) names=$names,IP:$name ;;
  esac
done

# An authority that was given out must not be replaced by accident: all that trust it would fail.
if [ -e "$folder" ] || [ -L "$folder" ]; then
  fail "$folder exists already: name a new folder, or remove this one first"
fi
umask 077
parent=$(dirname -- "$folder")
work=$(mktemp -d "$parent/.trial-certificates.XXXXXX") || fail "no folder can be made in $parent"
trap 'rm -rf -- "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

run() {
  openssl "$@" 2>"$work/errors" || {
    cat "$work/errors" >&2
    fail "openssl $1 failed"
  }
}

new_key() {
  run genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/$1"
}

new_key ca-key.pem
run req -x509 -new -key "$work/ca-key.pem" -sha256 -days "$days" -out "$work/ca.pem" \
  -subj '/CN=prefreeze trial authority' \
  -addext 'keyUsage=critical,keyCertSign,cRLSign'

for server in pushgateway aggregator; do
  new_key "$server-key.pem"
  printf '%s\n' \
    'basicConstraints=critical,CA:FALSE' \
    'keyUsage=critical,digitalSignature' \
    'extendedKeyUsage=serverAuth' \
    "subjectAltName=$names" >"$work/extensions"
  run req -new -key "$work/$server-key.pem" -subj "/CN=prefreeze trial $server" -out "$work/request"
  run x509 -req -in "$work/request" -CA "$work/ca.pem" -CAkey "$work/ca-key.pem" -sha256 \
    -set_serial "0x$(openssl rand -hex 16)" -days "$days" -extfile "$work/extensions" \
    -out "$work/$server.pem"
done

rm -f -- "$work/extensions" "$work/request" "$work/errors"
chmod 0644 "$work"/ca.pem "$work"/pushgateway.pem "$work"/aggregator.pem
chmod 0755 "$work"
mv -- "$work" "$folder"
trap - EXIT

expiry=$(openssl x509 -in "$folder/ca.pem" -noout -enddate)
cat <<TEXT
Made certificates in $folder, for a trial, valid until ${expiry#notAfter=}.
Names: $names
Functions trust them with NODE_EXTRA_CA_CERTS=ca.pem; curl with --cacert ca.pem.
Keep ca-key.pem to yourself, or delete it.
TEXT
