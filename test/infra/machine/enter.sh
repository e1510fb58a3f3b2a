#!/usr/bin/env bash
# Runs a system in namespaces of its own: processes, mounts, network, cgroups. With "systemd" as PROGRAM, systemd is its first
# process; otherwise, PROGRAM is. Needs root. The mounts of this machine stay as they are.
#   enter.sh ROOT CGROUP NODE NPM NPM_CACHE REPOSITORY PROGRAM…
set -euo pipefail
if [[ ${IN_NAMESPACES-} != yes ]]; then
  mkdir "$2"
  echo $$ >"$2/cgroup.procs"
  IN_NAMESPACES=yes exec unshare --mount --pid --fork --net --uts --ipc --cgroup --kill-child "$0" "$@"
fi
root=$1 node=$3 npm=$4 npm_cache=$5 repository=$6
shift 6
mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for name in null zero full random urandom tty; do
  touch "$root/dev/$name"
  mount --bind "/dev/$name" "$root/dev/$name"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
mount -t tmpfs tmpfs "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
mount --bind "$node" "$root/opt/node/bin/node"
mount --bind -o ro "$npm" "$root/opt/node/lib/node_modules/npm"
mount --bind "$npm_cache" "$root/opt/npm-cache"
mount --bind -o ro "$repository" "$root/opt/repository"
chroot "$root" ip link set lo up
cd "$root"
mkdir -p "$root/run/host"
pivot_root . run/host
umount -l /run/host
# As the mounts of a machine are: systemd hands credentials over by a mount.
mount --make-rshared /
# What has the file system open from here on is in the new root.
exec chroot . env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin container=namespaces "$@" </dev/null
