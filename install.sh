#!/usr/bin/env bash
# Puts bill2bill into a BILLmanager panel, upgrades it, takes it back or removes it. Everything is checked before the first
# change; a new release is built whole beside the running one and only then switched to. See install.sh --help.
set -euo pipefail
umask 022

HERE=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
ROOT=/usr/local/mgr5
WHEELS='' PYTHON='' CRON='' ACTION=install DRY=''
readonly USAGE=2 NO_PANEL=3 NO_PYTHON=4 NO_PACKAGES=5 BROKEN=6 BUSY=7 NO_RELEASE=8 NO_RESTART=9 JOURNAL=10
readonly FIRST_JOURNAL=4 # of releases that had no file state/migrations.py
readonly FOLDERS='processing addon etc/xml sbin src/pmbill2bill/releases var/bill2bill'
readonly NEED_KB=200000
BUILDING='' TEMP='' CREATED=() STAGED=()
# shellcheck source=script/packages.sh
source "$HERE/script/packages.sh"
# shellcheck source=script/install-release.sh
source "$HERE/script/install-release.sh"

# shellcheck disable=SC2059 # the formats are the messages of this file
say() { # English Russian [arguments]; printf formats, in the language of the locale
  local english=$1 russian=$2
  shift 2
  case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in ru*) printf "$russian\n" "$@" ;; *) printf "$english\n" "$@" ;; esac
}

die() { # code English Russian [arguments]
  local code=$1
  shift
  say "$@" >&2
  exit "$code"
}

usage() {
  say "Usage: install.sh [--root DIR] [--cron DIR] [--dry-run] [--wheels DIR] [--python PATH] [--rollback | --remove]
  --root DIR     the panel's folder, /usr/local/mgr5 if not given
  --cron DIR     the folder for the line of the regular job; /etc/cron.d if not given and the panel is /usr/local/mgr5
  --dry-run      print what would be done, change nothing
  --wheels DIR   take Python packages from this folder only, without a network
  --python PATH  the Python to use; the newest one found (3.9 to 3.13) if not given
  --rollback     return to the release installed before; a second time: back again
  --remove       remove the plugin; the journal of purchases in var/bill2bill stays
Exit status: 0 done; 2 wrong call; 3 the panel's folder cannot be used; 4 no suitable Python; 5 packages cannot be had;
6 the new release does not work; 7 another installation is running; 8 no release to return to or remove;
9 done, but the panel could not be restarted; 10 purchases were made that the release before cannot read." \
    "Вызов: install.sh [--root ПАПКА] [--cron ПАПКА] [--dry-run] [--wheels ПАПКА] [--python ПУТЬ] [--rollback | --remove]
  --root ПАПКА    папка панели; по умолчанию /usr/local/mgr5
  --cron ПАПКА    папка для строки регулярного задания; по умолчанию /etc/cron.d, если панель — /usr/local/mgr5
  --dry-run       показать, что будет сделано, ничего не меняя
  --wheels ПАПКА  брать пакеты Python только из этой папки, без сети
  --python ПУТЬ   какой Python использовать; по умолчанию новейший из найденных (3.9–3.13)
  --rollback      вернуть предыдущий выпуск; повторно: обратно
  --remove        удалить плагин; журнал покупок в var/bill2bill остаётся
Код возврата: 0 готово; 2 неверный вызов; 3 папка панели не подходит; 4 нет подходящего Python; 5 не получить пакеты;
6 новый выпуск не работает; 7 идёт другая установка; 8 нет выпуска для возврата или удаления;
9 готово, но панель не удалось перезапустить; 10 есть покупки, которые прежний выпуск не прочитает."
}

parse() {
  while [ $# -gt 0 ]; do
    case $1 in
      --root | --cron | --wheels | --python)
        [ -n "${2:-}" ] || die $USAGE '%s needs a value. See install.sh --help.' '%s: нужно значение. См. install.sh --help.' "$1"
        case $1 in --root) ROOT=$2 ;; --cron) CRON=$2 ;; --wheels) WHEELS=$2 ;; --python) PYTHON=$2 ;; esac
        shift
        ;;
      --dry-run) DRY=yes ;;
      --rollback | --remove)
        [ "$ACTION" = install ] || die $USAGE 'Choose one of --rollback and --remove.' 'Выберите что-то одно: --rollback или --remove.'
        ACTION=${1#--}
        ;;
      --help | -h) usage && exit 0 ;;
      *) die $USAGE 'Unknown argument: %s. See install.sh --help.' 'Неизвестный аргумент: %s. См. install.sh --help.' "$1" ;;
    esac
    shift
  done
}

# -- checks: nothing is changed here ---------------------------------------------------------------------------------

check_panel() {
  local given=$ROOT tool
  for tool in flock sha256sum sed df timeout; do
    command -v $tool >/dev/null || die $NO_PANEL 'The command %s is missing. Install coreutils, util-linux and sed.' \
      'Нет команды %s. Установите coreutils, util-linux и sed.' $tool
  done
  ROOT=$(readlink -f -- "$given" || true)
  [ -d "$ROOT" ] || die $NO_PANEL 'There is no folder %s. Name the panel with --root.' 'Нет папки %s. Укажите панель ключом --root.' "$given"
  if [ ! -x "$ROOT/sbin/mgrctl" ] || [ ! -d "$ROOT/etc/xml" ] || [ ! -d "$ROOT/processing" ]; then
    die $NO_PANEL '%s is not a BILLmanager: it needs sbin/mgrctl, etc/xml and processing. Name the panel with --root.' \
      '%s — не BILLmanager: нужны sbin/mgrctl, etc/xml и processing. Укажите панель ключом --root.' "$ROOT"
  fi
  SRC=$ROOT/src/pmbill2bill
  SHEBANG="#!$SRC/current/venv/bin/python -IXutf8"
  case $ROOT in *[!A-Za-z0-9/._+@-]*) die $NO_PANEL 'The path %s has characters that a script'\''s first line cannot hold. Use another folder.' \
    'В пути %s есть символы, недопустимые в первой строке скрипта. Возьмите другую папку.' "$ROOT" ;; esac
  [ ${#SHEBANG} -le 127 ] || die $NO_PANEL 'The path %s is too long for the first line of a script. Use a shorter one.' \
    'Путь %s слишком длинный для первой строки скрипта. Возьмите короче.' "$ROOT"
  local folder
  for folder in $FOLDERS; do check_folder "$folder"; done
  [ -L "$SRC/current" ] || [ ! -e "$SRC/current" ] || die $NO_PANEL '%s must be a symbolic link. Move it away.' \
    '%s должна быть символической ссылкой. Уберите её.' "$SRC/current"
}

check_folder() { # a folder to write to: real, inside the panel, writable; what does not exist yet can be made
  local path=$ROOT/$1 real
  while [ ! -e "$path" ] && [ ! -L "$path" ]; do path=${path%/*}; done
  real=$(readlink -f -- "$path" || true)
  case $real/ in "$ROOT"/*) ;; *) die $NO_PANEL '%s leads out of the panel (to %s). Nothing is written there: make it a real folder.' \
    '%s ведёт за пределы панели (в %s). Туда ничего не пишем: сделайте её обычной папкой.' "$path" "$real" ;; esac
  [ -d "$real" ] || die $NO_PANEL '%s is not a folder.' '%s — не папка.' "$path"
  [ -w "$real" ] || die $NO_PANEL 'No right to write to %s. Run install.sh as root.' 'Нет права записи в %s. Запустите install.sh от root.' "$path"
}

check_cron() { # sets CRON, the real folder of the regular job; empty: nothing outside the panel is touched, a person places the line
  local given=${CRON:-/etc/cron.d}
  if [ -z "$CRON" ] && { [ "$ROOT" != "$(readlink -f /usr/local/mgr5)" ] || [ ! -d "$given" ]; }; then return; fi
  CRON=$(readlink -f -- "$given" || true)
  [ -d "$CRON" ] || die $NO_PANEL 'There is no folder %s for the regular job.' 'Нет папки %s для регулярного задания.' "$given"
  [ -w "$CRON" ] || die $NO_PANEL 'No right to write to %s. Run install.sh as root.' 'Нет права записи в %s. Запустите install.sh от root.' "$CRON"
  case $CRON/ in "$ROOT"/* | *[!A-Za-z0-9/._+@-]*) die $NO_PANEL '%s is inside the panel or has unusual characters. Name another folder with --cron.' \
    '%s — внутри панели или с необычными символами. Укажите другую папку ключом --cron.' "$CRON" ;; esac
}

check_descriptions() { # without one the panel shows no card and no form of a module (host-protocol 1.1)
  local module needed=("$HERE/addon.xml")
  while read -r module; do needed+=("$HERE/etc/xml/billmgr_mod_${module##*/}.xml"); done < <(modules "$HERE")
  "$PYTHON" -I -c 'import sys, xml.etree.ElementTree as E
for name in sys.argv[1:]: E.parse(name)' "${needed[@]}" 2>/dev/null || die $BROKEN \
    'A description (addon.xml or one in etc/xml) is missing or not well-formed.' 'Описание (addon.xml или одно из etc/xml) отсутствует или не является корректным XML.'
}

check_space() {
  local path=$SRC free
  while [ ! -e "$path" ]; do path=${path%/*}; done
  free=$(df -Pk "$path" 2>/dev/null | awk 'NR == 2 { print $4 }')
  [ "$free" -ge $NEED_KB ] || die $NO_PANEL 'Only %s KB are free in %s, %s KB are needed. Free some space.' 'Свободно только %s КБ в %s, нужно %s КБ. Освободите место.' "$free" "$path" $NEED_KB
}

# -- what the call asked for -------------------------------------------------------------------------------------------

install_it() {
  check_cron
  choose_python
  RELEASE=$(release_name)
  if [ "$CURRENT" = "$RELEASE" ] && works "$RELEASE" && [ -z "$(plan_for "$RELEASE")" ] && [ -d "$ROOT/var/bill2bill" ] && [ ! -e "$SRC/restart-pending" ]; then
    say 'Release %s is installed, nothing to do.' 'Выпуск %s уже установлен, делать нечего.' "$RELEASE"
    return
  fi
  works "$RELEASE" || { check_descriptions && check_packages && check_space; }
  if [ -n "$DRY" ]; then rehearse_install; return; fi
  works "$RELEASE" || build
  switch_to "$RELEASE"
  prune
  say 'Release %s is installed.' 'Выпуск %s установлен.' "$RELEASE"
  tell_cron
  restart_panel
}

rehearse_install() {
  local plan
  panel_files "$TEMP"
  plan=$(changes "$(manifest_of "$CURRENT")" "$TEMP/manifest.new")
  say 'Would install release %s with Python %s (%s):' 'Будет установлен выпуск %s с Python %s (%s):' "$RELEASE" "$PYTHON_VERSION" "$PYTHON"
  tell <<<"$plan"
  tell_cron
  if grep -q ' etc/xml/' <<<"$plan"; then say 'The panel would be restarted.' 'Панель будет перезапущена.'
  else say 'The panel would be restarted only if an answer to features changes.' 'Панель будет перезапущена, только если изменится ответ на features.'; fi
}

rollback_it() {
  [ -n "$PREVIOUS" ] || die $NO_RELEASE 'There is no previous release to return to.' 'Нет предыдущего выпуска, к которому можно вернуться.'
  works "$PREVIOUS" || die $NO_RELEASE 'Release %s is damaged or its Python is gone. Install its version anew.' \
    'Выпуск %s повреждён или его Python удалён. Установите эту версию заново.' "$PREVIOUS"
  if [ -n "$DRY" ]; then
    say 'Would return to release %s:' 'Будет возвращён выпуск %s:' "$PREVIOUS"
    plan_for "$PREVIOUS" | tell
    return
  fi
  put_back_journal "$CURRENT" ||
    die $JOURNAL 'Not returned: the release before cannot use the journal of purchases.' \
      'Возврата нет: прежний выпуск не может использовать журнал покупок.'
  local newer=$CURRENT
  switch_to "$PREVIOUS"
  # a command of the newer release may have brought the file up to date once more before the switch
  put_back_journal "$newer" || say 'The journal of purchases is still that of release %s: run install.sh --rollback again.' \
    'Журнал покупок остался от выпуска %s: снова запустите install.sh --rollback.' "$newer"
  say 'Returned to release %s.' 'Возвращён выпуск %s.' "$PREVIOUS"
  restart_panel
}

put_back_journal() { # release with the command line that can: the one before may know only an earlier version of the journal's file
  local known
  [ -e "$ROOT/var/bill2bill/state.sqlite3" ] || return 0
  known=$(journal_version "$PREVIOUS")
  [ "$known" -lt "$(journal_version "$1")" ] || return 0
  "$SRC/releases/$1/venv/bin/python" -IXutf8 -c 'import sys; sys.path.insert(0, sys.argv.pop(1)); from bill2bill.admin.cli import main; main()' \
    "$SRC/releases/$1" journal put-back "$known" --root "$ROOT"
}

journal_version() { # release: which version of the file it writes
  local known
  known=$(sed -n 's/^VERSION = \([0-9]*\)$/\1/p' "$SRC/releases/$1/bill2bill/state/migrations.py" 2>/dev/null || true)
  echo "${known:-$FIRST_JOURNAL}"
}

remove_it() {
  [ -n "$CURRENT" ] || die $NO_RELEASE 'bill2bill is not installed in %s.' 'bill2bill не установлен в %s.' "$ROOT"
  if [ -n "$DRY" ]; then
    say 'Would remove release %s and %s:' 'Будут удалены выпуск %s и %s:' "$CURRENT" "$SRC"
    plan_for '' | tell
    return
  fi
  grep -q ' \.\./' "$(manifest_of "$CURRENT")" || say 'If you placed the line of the regular job yourself, remove it.' \
    'Если вы сами добавили строку регулярного задания, удалите её.'
  switch_to ''
  restart_panel
  rm -rf -- "$SRC"/releases "$SRC"/current "$SRC"/previous
  rmdir --ignore-fail-on-non-empty "$SRC"
  say 'Removed. The journal of purchases stays in %s; delete it by hand only if nothing bought is still needed.' \
    'Удалено. Журнал покупок остался в %s; удаляйте его вручную, только если купленное больше не нужно.' "$ROOT/var/bill2bill"
}

restart_panel() { # only then it reads changed XML and asks for features again (host-protocol 1.4); it must not inherit our lock
  [ -e "$SRC/restart-pending" ] || return 0
  say 'Restarting the panel.' 'Перезапускаем панель.'
  (cd "$ROOT" && timeout 120 sbin/mgrctl -m billmgr exit </dev/null >/dev/null 9<&-) || die $NO_RESTART \
    'Everything else is done, but the panel could not be restarted. Run: %s -m billmgr exit' \
    'Всё остальное сделано, но перезапустить панель не удалось. Выполните: %s -m billmgr exit' "$ROOT/sbin/mgrctl"
  rm -f "$SRC/restart-pending"
}

clean_up() { # whatever was begun and not finished
  local folder
  rm -rf -- ${BUILDING:+"$BUILDING"} ${TEMP:+"$TEMP"} ${STAGED[@]+"${STAGED[@]}"}
  for folder in ${CREATED[@]+"${CREATED[@]}"}; do rmdir --ignore-fail-on-non-empty -- "$folder" 2>/dev/null || true; done
}

main() {
  parse "$@"
  check_panel
  exec 9<"$ROOT/etc/xml"
  flock -n 9 || die $BUSY 'Another installation is running in %s. Wait for its end.' 'В %s идёт другая установка. Дождитесь её окончания.' "$ROOT"
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  TEMP=$(mktemp -d)
  CURRENT=$(linked current)
  PREVIOUS=$(linked previous)
  "${ACTION}_it"
}

main "$@"
