# Runs a program as the first of a container, by what container engines do it with: `contain.sh ROOT PATH PROGRAM …`, in
# namespaces of its own. ROOT can't be written to; /tmp is in memory; no capability is left and none can be got back.
set -eu
root=$1 path=$2
shift 2
ip link set lo up
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o nosuid,nodev,noexec,size=16m tmpfs "$root/tmp"
mount -t tmpfs -o nosuid,mode=755 tmpfs "$root/dev"
for device in null zero full random urandom; do
    : >"$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
mount -o remount,bind,ro "$root"
exec chroot "$root" setpriv --reuid 10001 --regid 10001 --clear-groups --bounding-set=-all --inh-caps=-all \
    --no-new-privs -- env --ignore-environment --chdir=/work "PATH=$path" PYTHONUNBUFFERED=1 "$@"
