#!/bin/bash
# Does what the official image's does for a tutorial: makes the database in an empty data folder, with the password, name and scripts that it was given,
# and runs the server as postgres. Any other command is run as it is.
set -eo pipefail

# The value of a variable, or of the file that <variable>_FILE names.
setting() {
  local variable=$1 default=${2:-} file=${1}_FILE
  if [ -n "${!variable:-}" ] && [ -n "${!file:-}" ]; then
    printf >&2 'error: both %s and %s are set (but are exclusive)\n' "$variable" "$file"
    exit 1
  fi
  if [ -n "${!variable:-}" ]; then printf '%s' "${!variable}"
  elif [ -n "${!file:-}" ]; then printf '%s' "$(<"${!file}")"
  else printf '%s' "$default"; fi
}

on_socket() { psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --no-password --no-psqlrc "$@"; }

make_database() {
  local method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
  if [ -z "$POSTGRES_PASSWORD" ] && [ "$method" != trust ]; then
    cat >&2 <<'EOE'
Error: Database is uninitialized and superuser password is not specified.
       You must specify POSTGRES_PASSWORD to a non-empty value for the
       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".
EOE
    exit 1
  fi
  # Made by initdb when the image was built; initdb itself takes ten times as long. Only the name and the password are missing.
  cp -a /usr/local/share/new-database/. "$PGDATA"
  printf '\nhost all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"
  # A server for these scripts only: on its socket, not on the network. What a crash of the machine would lose matters less than time here.
  pg_ctl -w start -o "-c listen_addresses='' -c fsync=off"
  psql -v ON_ERROR_STOP=1 -U postgres --no-psqlrc -v name="$POSTGRES_USER" postgres <<<"UPDATE pg_authid SET rolname = :'name' WHERE oid = 10"
  on_socket -v name="$POSTGRES_USER" -v password="$POSTGRES_PASSWORD" postgres <<<"ALTER ROLE :\"name\" PASSWORD :'password'"
  [ "$POSTGRES_DB" = postgres ] || on_socket --dbname postgres -c "CREATE DATABASE \"$POSTGRES_DB\""
  local file
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sh) printf '%s: running %s\n' "$0" "$file"; if [ -x "$file" ]; then "$file"; else . "$file"; fi ;;
      *.sql) printf '%s: running %s\n' "$0" "$file"; on_socket --dbname "$POSTGRES_DB" -f "$file" ;;
      *.sql.gz) printf '%s: running %s\n' "$0" "$file"; gunzip -c "$file" | on_socket --dbname "$POSTGRES_DB" ;;
      */'*') ;;
      *) printf '%s: ignoring %s\n' "$0" "$file" ;;
    esac
  done
  pg_ctl -m fast -w stop
  printf '\nPostgreSQL init process complete; ready for start up.\n\n'
}

if [ "${1:0:1}" = - ]; then set -- postgres "$@"; fi

if [ "$1" = postgres ]; then
  if [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA" /var/run/postgresql
    chmod 700 "$PGDATA"
    find "$PGDATA" /var/run/postgresql ! -user postgres -exec chown postgres '{}' +
    exec setpriv --reuid postgres --regid postgres --init-groups "$BASH_SOURCE" "$@"
  fi
  POSTGRES_PASSWORD=$(setting POSTGRES_PASSWORD)
  POSTGRES_USER=$(setting POSTGRES_USER postgres)
  POSTGRES_DB=$(setting POSTGRES_DB "$POSTGRES_USER")
  export POSTGRES_PASSWORD POSTGRES_USER POSTGRES_DB
  unset POSTGRES_PASSWORD_FILE POSTGRES_USER_FILE POSTGRES_DB_FILE
  if [ -s "$PGDATA/PG_VERSION" ]; then
    printf '\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n'
  else
    make_database
  fi
fi

exec "$@"
