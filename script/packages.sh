# Part of install.sh: which Python, and where its packages come from. Sourced, not run.
# shellcheck shell=bash disable=SC2153 # names in capitals are set by install.sh

python_package() { # the command that gives this system a suitable Python; empty: its repositories have none
  # shellcheck source=/dev/null
  (. "${OS_RELEASE:-/etc/os-release}" 2>/dev/null || true
  case ${ID:-}:${VERSION_ID:-} in
    debian:[89] | debian:10 | ubuntu:1?.* | astra:1.[0-7]* | centos:7* | rhel:7*) ;;
    ubuntu:20.*) echo apt-get install python3.9 python3.9-venv ;;
    debian:* | ubuntu:* | astra:*) echo apt-get install python3 python3-venv ;;
    almalinux:[89]* | centos:[89]* | rhel:[89]* | rocky:[89]*) echo dnf install python3.11 ;;
    *) if command -v apt-get >/dev/null; then echo apt-get install python3 python3-venv; elif command -v dnf >/dev/null; then echo dnf install python3; fi ;;
  esac)
}

choose_python() {
  local found package
  package=$(python_package)
  if ! found=$("$HERE/script/find-python" ${PYTHON:+"$PYTHON"}); then
    [ -z "$PYTHON" ] || die "$NO_PYTHON" '%s is not a Python 3.9 or newer with venv, ssl and sqlite3.' '%s — не Python 3.9 или новее с venv, ssl и sqlite3.' "$PYTHON"
    [ -n "$package" ] || die "$NO_PYTHON" 'No Python 3.9 or newer, and this system has no package of it. Install one from its sources and name it with --python.' \
      'Нет Python 3.9 или новее, и пакета с ним в этой системе нет. Соберите его из исходников и укажите ключом --python.'
    die "$NO_PYTHON" 'No Python 3.9 or newer. Run: %s' 'Нет Python 3.9 или новее. Выполните: %s' "$package"
  fi
  { read -r PYTHON && read -r PYTHON_VERSION && read -r PIPS; } <<<"$found" || true
  choose_pip
}

choose_pip() { # sets PIPS, wheels of pip, best first: pip can be run without being installed
  local package=python$PYTHON_VERSION-venv
  if [ -n "$WHEELS" ]; then
    [ -d "$WHEELS" ] || die "$NO_PACKAGES" 'There is no folder %s with Python packages.' 'Нет папки %s с пакетами Python.' "$WHEELS"
    WHEELS=$(readlink -f -- "$WHEELS")
    PIPS=$(compgen -G "$WHEELS/pip-*.whl" | sort -rV || true)$'\n'$PIPS
  fi
  command -v apt-get >/dev/null || package=python$PYTHON_VERSION-pip-wheel
  [ "$PIPS" != $'\n' ] && [ -n "$PIPS" ] || die "$NO_PACKAGES" \
    'This Python has no pip. Install the package %s, or name a folder with a wheel of pip by --wheels.' \
    'У этого Python нет pip. Установите пакет %s или укажите ключом --wheels папку, где есть wheel с pip.' "$package"
}

unpack_pip() { # the first that this Python can run; unpacked it starts in half the time
  local wheel
  while read -r wheel; do
    rm -rf "$TEMP/pip"
    [ -z "$wheel" ] || ! "$PYTHON" -I -m zipfile -e "$wheel" "$TEMP/pip" || ! "$PYTHON" -I "$TEMP/pip/pip" --version >/dev/null 2>&1 || return 0
  done <<<"$PIPS"
  die "$NO_PACKAGES" 'Python %s runs none of these: %s' 'Python %s не запускает ни один из них: %s' "$PYTHON_VERSION" "$PIPS"
}

pip() { # python subcommand arguments: from the given folder only, else as this machine is configured
  local python=$1 subcommand=$2
  shift 2
  [ -d "$TEMP/pip" ] || unpack_pip
  set -- "$subcommand" --quiet --disable-pip-version-check --no-input --requirement "$HERE/requirements.txt" "$@"
  if [ -z "$WHEELS" ]; then
    "$python" -I "$TEMP/pip/pip" "$@"
  else
    PIP_CONFIG_FILE=/dev/null "$python" -I "$TEMP/pip/pip" --isolated "$@" --no-cache-dir --no-index --find-links "$WHEELS"
  fi
}

check_packages() {
  [ -z "$WHEELS" ] || pip "$PYTHON" download --dest "$TEMP/packages" >/dev/null || die "$NO_PACKAGES" \
    'The folder %s does not hold all packages of requirements.txt for Python %s. Fill it with script/bootstrap.' \
    'В папке %s нет всех пакетов из requirements.txt для Python %s. Заполните её командой script/bootstrap.' "$WHEELS" "$PYTHON_VERSION"
}
