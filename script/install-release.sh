# Part of install.sh: how a release is built, how it is switched to, how the panel's files follow. Sourced, not run.
# shellcheck shell=bash disable=SC2153 # names in capitals are set by install.sh

# -- a release: built in place, complete when its manifest is there -----------------------------------------------------

sources() { # names of all files that make up a release, each ended by NUL
  local part
  cd "$HERE" || return
  for part in bill2bill processing registrar_module addon etc/xml addon.xml requirements.txt install.sh script/install-release.sh; do
    [ ! -e $part ] || find $part -name __pycache__ -prune -o -type f -print0
  done | LC_ALL=C sort -z
}

release_name() {
  local version digest
  version=$(sed -n 's/^__version__ = "\([0-9A-Za-z.]*\)"$/\1/p' "$HERE/bill2bill/__init__.py")
  digest=$({ echo "$ROOT $PYTHON $PYTHON_VERSION $CRON" && (sources | (cd "$HERE" && xargs -0 sha256sum)); } | sha256sum)
  echo "${version:-0}-${digest:0:12}"
}

mode_of() { case $1 in addon/*) echo 750 ;; processing/* | sbin/*) echo 755 ;; *) echo 644 ;; esac }

executables() { local file; for file in "$@"; do if [ -f "$file" ] && [[ $(head -c 2 "$file") == '#!' ]]; then echo "$file"; fi; done; }

modules() { executables "$1"/processing/* "$1"/registrar_module/*; } # folder: the executables in it that the panel calls

panel_files() { # lay out in a folder what goes to the panel, with a manifest beside it
  local to=$1/panel file
  mkdir -p "$to"/{processing,addon,etc/xml,sbin}
  modules "$HERE" | while read -r file; do installed "$file" >"$to/processing/${file##*/}"; done
  executables "$HERE"/addon/* | while read -r file; do installed "$file" >"$to/addon/${file##*/}"; done
  for file in "$HERE"/etc/xml/*.xml; do [ ! -f "$file" ] || cp "$file" "$to/etc/xml/"; done
  [ ! -f "$HERE/addon.xml" ] || cp "$HERE/addon.xml" "$to/etc/xml/billmgr_mod_bill2bill.xml"
  command_line >"$to/sbin/bill2bill"
  (cd "$to" && find . -type f -printf '%P\n' | LC_ALL=C sort | while read -r file; do chmod "$(mode_of "$file")" "$file" && sha256sum "$file"; done) >"$1/manifest.new"
  [ -z "$CRON" ] || cron_file "$1/cron" >>"$1/manifest.new"
}

cron_line() { echo "*/5 * * * * root $ROOT/sbin/bill2bill tick >/dev/null"; } # a plugin's own period is a line in cron.d (host-protocol 7.7)

cron_file() { # file to write; prints its line of the manifest, named from the panel's folder as the others, so that any install.sh can remove it
  cat >"$1" <<END
# The regular job of bill2bill. Written by install.sh, which also removes it.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
$(cron_line)
END
  echo "$(sha256sum <"$1" | cut -d ' ' -f 1)  $(realpath -m --relative-to="$ROOT" "$CRON/bill2bill")"
}

tell_cron() { # what is left to a person
  [ -n "$CRON" ] || say 'For the regular job put this line into a file in /etc/cron.d whose name has no dot, or name a folder with --cron:\n  %s' \
    'Для регулярного задания добавьте эту строку в файл в /etc/cron.d, имя файла без точки, или укажите папку ключом --cron:\n  %s' "$(cron_line)"
}

installed() { sed -e "1s|.*|$SHEBANG|" -e "s|^RELEASE = .*|RELEASE = os.path.realpath(\"$SRC/current\")|" "$1"; }

command_line() {
  cat <<END
$SHEBANG
"""The command line of bill2bill for this panel."""

import os
import sys

RELEASE = os.path.realpath("$SRC/current")
sys.path[:] = [RELEASE, *map(os.path.realpath, sys.path)]
os.environ["BILL2BILL_ROOT"] = "$ROOT"

from bill2bill.admin.cli import main

sys.exit(main())
END
}

make_folder() { # with its parents, remembering what is new
  [ ! -d "$1" ] || return 0
  make_folder "${1%/*}" && mkdir "$1" && CREATED=("$1" ${CREATED[@]+"${CREATED[@]}"})
}

build() {
  local part
  say 'Building release %s with Python %s (%s)' 'Собираем выпуск %s с Python %s (%s)' "$RELEASE" "$PYTHON_VERSION" "$PYTHON"
  make_folder "$SRC/releases"
  BUILDING=$SRC/releases/$RELEASE
  rm -rf -- "$BUILDING"
  mkdir -p "$BUILDING/features"
  "$PYTHON" -I -m venv --without-pip "$BUILDING/venv"
  pip "$BUILDING/venv/bin/python" install --no-compile || die "$NO_PACKAGES" \
    'The packages of requirements.txt cannot be installed. Check the network, or name a folder with packages by --wheels.' \
    'Не удалось установить пакеты из requirements.txt. Проверьте сеть или укажите папку с пакетами ключом --wheels.'
  for part in bill2bill processing registrar_module addon; do [ ! -d "$HERE/$part" ] || cp -R "$HERE/$part" "$BUILDING/"; done
  find "$BUILDING/bill2bill" -name __pycache__ -prune -exec rm -rf {} +
  "$BUILDING/venv/bin/python" -I -m compileall -q "$BUILDING/bill2bill" || die "$BROKEN" 'The package does not compile.' 'Пакет не компилируется.'
  # some packages carry files for other versions of Python, which do not compile
  "$BUILDING/venv/bin/python" -I -m compileall -qq -j2 "$BUILDING"/venv/lib*/python*/site-packages || true
  panel_files "$BUILDING"
  features
  mv "$BUILDING/manifest.new" "$BUILDING/manifest"
  BUILDING=''
}

features() { # ask the new executables and keep their answers, if they are ones (host-protocol 3)
  local module name python=$BUILDING/venv/bin/python
  modules "$BUILDING" | while read -r module; do
    name=${module##*/}
    (cd "$ROOT" && timeout 60 "$python" -IXutf8 "$module" --command features </dev/null) >"$TEMP/$name.xml" || die "$BROKEN" \
      '%s does not answer to --command features. Nothing was changed.' '%s не отвечает на --command features. Ничего не изменено.' "$name"
    "$python" -I -c 'import sys, xml.etree.ElementTree as E
doc = E.parse(sys.argv[1]).getroot()
sys.exit(doc.tag != "doc" or doc.find("error") is not None or doc.find("features/feature") is None)' "$TEMP/$name.xml" 2>/dev/null || die "$BROKEN" \
      'The answer of %s to --command features is not a list of features. Nothing was changed.' \
      'Ответ %s на --command features — не список возможностей. Ничего не изменено.' "$name"
    mv "$TEMP/$name.xml" "$BUILDING/features/$name.xml"
  done
}

# -- the panel's files ---------------------------------------------------------------------------------------------------

is() { # file sum: the panel's file is a real one with this content, mode and owner (cron runs nothing of a stranger's)
  [ -f "$ROOT/$1" ] && [ ! -L "$ROOT/$1" ] && [ "$(stat -c '%a %u' "$ROOT/$1")" = "$(mode_of "$1") $EUID" ] && has_sum "$1" "$2"
}

has_sum() { [ "$(sha256sum <"$ROOT/$1")" = "$2  -" ]; }

strange() { # file manifest: the file is there but not as the manifest says, so a person wrote it
  local sum
  [ -e "$ROOT/$1" ] || [ -L "$ROOT/$1" ] || return 1
  sum=$(listed "$1" "$2")
  [ -L "$ROOT/$1" ] || [ -z "$sum" ] || ! has_sum "$1" "$sum"
}

listed() { awk -v file="$1" '$2 == file { print $1 }' "$2"; }

# shellcheck disable=SC2094 # both manifests are only read
changes() { # old manifest, new manifest: what must happen to the panel's files, as lines "save|put|drop FILE"
  local sum file
  while read -r sum file; do
    is "$file" "$sum" && continue
    if strange "$file" "$1" && ! { [ ! -L "$ROOT/$file" ] && has_sum "$file" "$sum"; }; then echo "save $file"; fi
    echo "put $file"
  done <"$2"
  while read -r sum file; do
    if [ -n "$(listed "$file" "$2")" ]; then continue; fi
    if strange "$file" "$1"; then echo "save $file"; fi
    if [ -e "$ROOT/$file" ] || [ -L "$ROOT/$file" ]; then echo "drop $file"; fi
  done <"$1"
}

tell() { # the lines of `changes` for a person
  local verb file
  while read -r verb file; do
    case $verb in
      put) say '  write  %s' '  записать %s' "$(full "$file")" ;;
      drop) say '  remove %s' '  удалить  %s' "$(full "$file")" ;;
      save) say '  keep   %s as %s: it was changed by hand' '  сберечь  %s как %s: файл изменён вручную' "$(full "$file")" "$(full "$(kept "$file")")" ;;
    esac
  done
}

manifest_of() { # release: its manifest, or an empty file
  if [ -n "$1" ] && [ -f "$SRC/releases/$1/manifest" ]; then echo "$SRC/releases/$1/manifest"; else echo /dev/null; fi
}

features_of() { if [ -n "$1" ]; then (cd "$SRC/releases/$1/features" && cat ./*.xml 2>/dev/null) || true; fi; }

plan_for() { changes "$(manifest_of "$CURRENT")" "$(manifest_of "$1")"; } # release, or empty for none

needs_restart() { grep -q ' etc/xml/' <<<"$1" || [ "$(features_of "$CURRENT")" != "$(features_of "$2")" ]; } # plan release

full() { realpath -ms -- "$ROOT/$1"; } # file: how a person reads it

stored() { case $1 in ../*) echo cron ;; *) echo "panel/$1" ;; esac; } # file: where a release has it

kept() { case $1 in ../*) echo "${1%/*}/.${1##*/}.saved" ;; *) echo "$1.saved" ;; esac; } # file: a person's copy; cron runs no hidden one

beside() { echo "$ROOT/${1%/*}/.${1##*/}.new"; } # where a file waits for its turn

switch_to() { # release, or empty for none: put its files in place of those of the current release
  local plan verb file copy
  plan=$(plan_for "$1")
  tell <<<"$plan"
  while read -r verb file; do
    [ "$verb" = put ] || continue
    STAGED+=("$(beside "$file")")
    mkdir -p "$ROOT/${file%/*}"
    cp -p --remove-destination "$SRC/releases/$1/$(stored "$file")" "$(beside "$file")"
  done <<<"$plan"
  if needs_restart "$plan" "$1"; then : >"$SRC/restart-pending"; fi # kept until it is done, also by a later run
  while read -r verb file; do
    case $verb in
      save) copy=$ROOT/$(kept "$file") && cp -a --backup=numbered -T "$ROOT/$file" "$copy" && { [ -L "$copy" ] || chmod 600 "$copy"; } ;;
      put) mv -fT "$(beside "$file")" "$ROOT/$file" ;;
      drop) rm -f "$ROOT/$file" ;;
    esac
  done <<<"$plan"
  if [ -n "$1" ]; then make_current "$1"; fi
}

make_current() { # release
  mkdir -p "$ROOT/var/bill2bill" && chmod 700 "$ROOT/var/bill2bill"
  if [ -n "$CURRENT" ] && [ "$CURRENT" != "$1" ]; then link previous "$CURRENT"; fi
  link current "$1"
}

link() { ln -sfn "releases/$2" "$SRC/$1.new" && mv -fT "$SRC/$1.new" "$SRC/$1"; } # one rename: there is always one or the other

linked() { if [ -L "$SRC/$1" ]; then basename "$(readlink "$SRC/$1")"; fi; }

works() { # release: complete, and its Python is still there
  [ -n "$1" ] && [ -f "$SRC/releases/$1/manifest" ] && "$SRC/releases/$1/venv/bin/python" -I -S -c '' 2>/dev/null
}

prune() { # all releases but the current and the one before
  local folder
  for folder in "$SRC"/releases/*; do
    case ${folder##*/} in "$(linked current)" | "$(linked previous)") ;; *) rm -rf -- "$folder" ;; esac
  done
}
