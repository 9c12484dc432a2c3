#!/usr/bin/env bash
# Installs what Examples/Scripts/package.sh makes on a bare Debian root without Swift, and runs it there.
#
#   bash Examples/Tests/package.sh [DIRECTORY]      # with the packages; they are made when it is left out
#
# Needs root: for debootstrap and chroot. Not a part of .ci/run, because it takes minutes.
set -euo pipefail

examples="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
[ "$(id -u)" -eq 0 ] || { echo "debootstrap and chroot need root" >&2; exit 77; }
if ! command -v debootstrap >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap >/dev/null
fi

scratch="$(mktemp -d)"
root="$scratch/root"
trap 'umount "$root/proc" 2>/dev/null; rm -rf --one-file-system "$scratch"' EXIT
packages="${1:-$scratch/packages}"
[ $# -gt 0 ] || bash "$examples/Scripts/package.sh" "$packages" >/dev/null
deb=("$packages"/omni_*.deb)
archive=("$packages"/omni-*.tar.gz)
[ ${#deb[@]} -eq 1 ] && [ ${#archive[@]} -eq 1 ] || { echo "one .deb and one .tar.gz are expected in $packages" >&2; exit 1; }

# The mirror and the release of this machine, so that nothing else has to be reached.
# shellcheck disable=SC1091
release="$(. /etc/os-release && echo "$VERSION_CODENAME")"
mirror="$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' "Codename: $release" | head -n 1)"
echo "A bare $release from ${mirror:=http://deb.debian.org/debian}"
debootstrap --variant=minbase "$release" "$root" "$mirror" >"$scratch/log" || { tail "$scratch/log" >&2; exit 1; }
cp --recursive /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d"
cp "${deb[0]}" "$root/omni.deb"
# Programs find their arguments and their own path there.
mount -t proc proc "$root/proc"
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root ${http_proxy:+http_proxy="$http_proxy"} "$@"; }
expect() { # text, program, arguments
    local wanted="$1" found
    shift
    found="$(inside "$@")" || { echo "status $?: $*" >&2; exit 1; }
    [[ "$found" == *"$wanted"* ]] || { printf '%s prints\n%s\nwithout %s\n' "$*" "$found" "$wanted" >&2; exit 1; }
    echo "ok: $*"
}

inside apt-get update -qq
inside env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ./omni.deb >"$scratch/log" 2>&1 ||
    { cat "$scratch/log" >&2; exit 1; }
inside test ! -e /usr/bin/swift
question=(ask /usr/share/omni/audio/what-is-your-name.wav --model /usr/share/omni/models/nano -o /tmp/reply.wav)
version="$(inside dpkg-query --show --showformat '${Version}' omni)"
expect "${version/\~/-}" omni --version
expect 'My name is Omni.' omni "${question[@]}"
expect RIFF head --bytes=4 /tmp/reply.wav
expect 'ok    answer' omni doctor --model /usr/share/omni/models/nano
for program in $(inside sh -c 'cd /usr/bin && ls omni*'); do
    expect '.Dt' sh -c "gzip -dc /usr/share/man/man1/$program.1.gz"
    expect "$program" bash -c "source /usr/share/bash-completion/completions/$program && complete -p $program"
    for file in "zsh/vendor-completions/_$program" "fish/vendor_completions.d/$program.fish"; do
        expect "$program" cat "/usr/share/$file"
    done
done
if inside test -e /usr/bin/omni-server; then
    expect 'speakers' sh -c 'omni serve --model /usr/share/omni/models/nano --port 0 >/tmp/url & server=$!
        until grep -q http /tmp/url; do kill -0 $server && sleep 0.2; done
        omni load /usr/share/omni/audio/what-is-your-name.wav --speakers 1 --seconds 2 --port "$(sed "s/.*://" /tmp/url)"
        status=$?; kill $server; wait $server && exit $status'
else
    inside sh -c 'omni serve --model x 2>/dev/null; test $? -eq 69'
fi

# The archive needs the same libraries, and runs wherever it is unpacked.
inside dpkg --purge omni >/dev/null
inside test ! -e /usr/share/omni
mkdir "$root/opt/omni"
tar --extract --gzip --file "${archive[0]}" --directory "$root/opt/omni" --strip-components=1
sed 's|/usr/share|/opt/omni/share|' >"$scratch/words" <<<"$(printf '%s\n' "${question[@]}")"
mapfile -t question <"$scratch/words"
expect 'My name is Omni.' /opt/omni/bin/omni "${question[@]}"
echo "The packages of omni ${version/\~/-} work on a bare $release."
