#!/usr/bin/env bash
# Makes a Debian system in a folder, with the packages that install.sh asks for in an archive of its own, so that tests need
# no network. Needs root.
#   make-debian.sh FOLDER SUITE ARCHIVE KEYRING DEBOOTSTRAP   the last one is the unpacked package
set -euo pipefail
root=$1 suite=$2 archive=$3 keyring=$4 debootstrap=$5
export LC_ALL=C DEBIAN_FRONTEND=noninteractive DEBOOTSTRAP_DIR=${debootstrap%/}/usr/share/debootstrap
keys=()
if [[ -f $keyring ]]; then keys=(--keyring="$keyring"); fi
"${debootstrap%/}/usr/sbin/debootstrap" --variant=minbase --include=systemd,systemd-sysv,ca-certificates,iproute2,openssl,libstdc++6 \
  "${keys[@]}" "$suite" "$root" "$archive"
packages=(prometheus prometheus-pushgateway)
chroot "$root" apt-get clean
chroot "$root" apt-get -q update
chroot "$root" apt-get -q -y --no-install-recommends --download-only install "${packages[@]}"
mkdir -p "$root/srv/archive"
mv "$root"/var/cache/apt/archives/*.deb "$root/srv/archive/"
(
  cd "$root/srv/archive"
  for file in *.deb; do
    dpkg-deb --field "$file"
    printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$file" "$(stat -c %s "$file")" "$(sha256sum "$file" | cut -d ' ' -f 1)"
  done >Packages
)
printf 'deb [trusted=yes] file:/srv/archive ./\n' >"$root/etc/apt/sources.list"
rm -rf "$root"/var/lib/apt/lists/* "$root/etc/resolv.conf"
chroot "$root" apt-get -q update
chroot "$root" apt-get clean
# They have no place in a namespace: kernel modules, consoles, and a run of apt beside the tests.
chroot "$root" systemctl mask systemd-modules-load.service getty.target console-getty.service apt-daily.timer apt-daily-upgrade.timer
mkdir -p "$root/opt/node/bin" "$root/opt/node/lib/node_modules/npm" "$root/opt/npm-cache" "$root/opt/repository"
touch "$root/opt/node/bin/node"
