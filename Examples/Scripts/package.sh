#!/usr/bin/env bash
# Makes omni_VERSION_ARCHITECTURE.deb and omni-VERSION-linux-ARCHITECTURE.tar.gz: the commands `omni` and `omni-server`
# with Swift's libraries inside, the bundled model, man pages and completions for bash, zsh and fish.
#
#   bash Examples/Scripts/package.sh [DIRECTORY]      # Examples/.build-package unless said otherwise
#
# Builds in folders of its own: the first time it compiles everything once more. OMNI_PACKAGE_SERVER=0 leaves omni-server
# and its minutes out.
set -euo pipefail
shopt -s inherit_errexit  # a build that fails inside $(…) ends the script

examples="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
root="$(dirname "$examples")"
output="$(realpath --canonicalize-missing "${1:-$examples/.build-package}")"
with_server="${OMNI_PACKAGE_SERVER:-1}"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$output"

command -v dpkg-shlibdeps >/dev/null || { echo "dpkg-dev is needed: apt-get install dpkg-dev" >&2; exit 69; }
bash "$examples/Scripts/install-dependencies.sh"
build() { # package, product
    local folder="$1/.build-package"
    swift build --package-path "$1" --scratch-path "$folder" -c release --static-swift-stdlib --product "$2" >&2
    printf '%s\n' "$folder/release/$2"
}
omni="$(build "$examples" omni)"
programs=("$omni")
if [ "$with_server" != 0 ]; then
    server="$(build "$examples/Server" omni-server)"
    programs+=("$server")
fi

# The generator of man pages that comes with swift-argument-parser.
parser="$examples/.build-package/checkouts/swift-argument-parser"
swift build --package-path "$parser" --scratch-path "$examples/.build-package/manual" --product generate-manual >&2
manual="$examples/.build-package/manual/debug/generate-manual"
day="$(git -C "$root" log -1 --format=%cs 2>/dev/null || date --utc +%F)"

version="$("$omni" --version)"
architecture="$(dpkg --print-architecture)"
tree="$scratch/tree"
documents="$tree/usr/share/doc/omni"

install -d "$documents" "$tree/usr/share/omni/models" "$tree/usr/share/man/man1" \
    "$tree/usr/share/bash-completion/completions" "$tree/usr/share/zsh/vendor-completions" \
    "$tree/usr/share/fish/vendor_completions.d"
for program in "${programs[@]}"; do
    name="$(basename "$program")"
    install -D --strip --mode=755 "$program" "$tree/usr/bin/$name"
    "$program" --generate-completion-script bash >"$tree/usr/share/bash-completion/completions/$name"
    "$program" --generate-completion-script zsh >"$tree/usr/share/zsh/vendor-completions/_$name"
    "$program" --generate-completion-script fish >"$tree/usr/share/fish/vendor_completions.d/$name.fish"
    "$manual" "$program" --output-directory "$scratch" --date "$day"
    gzip --best --no-name <"$scratch/$name.1" >"$tree/usr/share/man/man1/$name.1.gz"
done
cp --recursive "$examples/Models/nano" "$tree/usr/share/omni/models/nano"
cp --recursive "$examples/Audio" "$tree/usr/share/omni/audio"
chmod --recursive u=rwX,go=rX "$tree/usr/share/omni"
install --mode=644 "$root/LICENSE" "$documents/copyright"
gzip --best --no-name <"$root/CHANGELOG.md" >"$documents/changelog.gz"
chmod --recursive u=rwX,go=rX "$tree"

# What the programs need of the system, and no more, with the versions that they were linked with.
mkdir "$scratch/debian"
printf 'Source: omni\n\nPackage: omni\nArchitecture: any\n' >"$scratch/debian/control"
dependencies="$(cd "$scratch" && dpkg-shlibdeps -O "$tree"/usr/bin/* | sed 's/^shlibs:Depends=//')"

install -d "$tree/DEBIAN"
cat >"$tree/DEBIAN/control" <<EOF
Package: omni
Version: ${version/-/\~}
Architecture: $architecture
Maintainer: The Omni authors <noreply@example.org>
Installed-Size: $(du --summarize --apparent-size --block-size=1K --exclude=DEBIAN "$tree" | cut -f1)
Depends: $dependencies
Recommends: libcurl4, ca-certificates
Suggests: libsndfile1, libportaudio2
Section: sound
Priority: optional
Description: speech in, speech out, on a plain CPU
 Mini-Omni, a language model that hears and talks, as a command and as a server,
 with a small model that answers simple questions in English:
 omni ask question.wav --model /usr/share/omni/models/nano -o reply.wav
EOF

package="$output/omni_${version/-/\~}_$architecture.deb"
dpkg-deb --root-owner-group -Zxz --build "$tree" "$package" >&2

rm -r "$tree/DEBIAN"
name="omni-$version-linux-$architecture"
mv "$tree/usr" "$scratch/$name"
tar --directory "$scratch" --owner=0 --group=0 --sort=name --create --gzip --file "$output/$name.tar.gz" "$name"
printf '%s\n' "$package" "$output/$name.tar.gz"
