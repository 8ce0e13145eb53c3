#!/bin/sh
# Like the official image's: redis-server runs as redis, and answers everybody on its network unless told otherwise.
set -e

case $1 in
  -* | *.conf) set -- redis-server "$@" ;;
esac

if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
  find . ! -user redis -exec chown redis '{}' +
  exec setpriv --reuid redis --regid redis --clear-groups "$0" "$@"
fi

if [ "$1" = redis-server ]; then
  shift
  case ${1:-} in
    '' | -*) set -- --protected-mode no "$@" ;;
    # what the person's own file says goes before
    *) grep -qs '^[[:space:]]*protected-mode' "$1" || set -- "$@" --protected-mode no ;;
  esac
  set -- redis-server "$@"
fi
exec "$@"
