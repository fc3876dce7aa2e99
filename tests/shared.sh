#!/usr/bin/env bash
# Starts a PostgreSQL and an object store (moto) of its own in a temporary folder, runs the tests of the shared workspace
# against them, and stops both.
# Its socket is in that folder and it listens nowhere else but for TLS on loopback, so that nothing else is disturbed.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
folder=$(mktemp -d)
chmod 755 "$folder"
as=()
if [ "$(id -u)" = 0 ]; then
  chown postgres "$folder"
  as=(runuser -u postgres --)
fi
store=
stop() {
  [ -z "$store" ] || kill "$store" || true
  "${as[@]}" "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null || true
  rm -rf "$folder"
}
trap stop EXIT

echo geheim >"$folder/password"
chmod 644 "$folder/password"
"${as[@]}" "$bin/initdb" -D "$folder/data" -U recondesk --auth-local=trust --auth-host=scram-sha-256 --pwfile="$folder/password" \
  -E UTF8 --locale=C.UTF-8 -N >/dev/null
# An authority of its own, and the certificate of the server by it.
"${as[@]}" bash -c 'cd "$1" && openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout root.key -out root.crt &&
  openssl req -newkey rsa:2048 -nodes -subj /CN=desk -keyout data/server.key -out server.csr &&
  openssl x509 -req -in server.csr -CA root.crt -CAkey root.key -CAcreateserial -days 2 -out data/server.crt \
    -extfile <(echo subjectAltName=IP:127.0.0.1)' - "$folder" 2>/dev/null
# fsync is off because nobody pulls this server's plug; what is tried here is the program.
for port in $(shuf -i 20000-39999 -n 5); do
  if "${as[@]}" "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w start >/dev/null -o \
    "-k $folder -p $port -c listen_addresses=127.0.0.1 -c ssl=on -c fsync=off -c max_connections=300"; then
    break
  fi
done
socket="postgres://recondesk@${folder//\//%2F}:$port"
for name in desk tls empty move; do
  "$bin/psql" -q -h "$folder" -p "$port" -U recondesk -d postgres -c "CREATE DATABASE $name"
done
export RECONDESK_TEST_POSTGRES="$socket/desk" RECONDESK_TEST_POSTGRES_EMPTY="$socket/empty" RECONDESK_TEST_POSTGRES_MOVE="$socket/move"
export RECONDESK_TEST_POSTGRES_TLS="postgres://recondesk@127.0.0.1:$port/tls" RECONDESK_TEST_ROOT="$folder/root.crt"

# What the tables and the books promise, on a server instead of a file.
cargo test --test it -- casework:: catalogs:: records:: store:: tables:: candidates:: together::
# What only a shared workspace has. One after the other: one of them cuts all lines.
cargo test --test it -- --ignored --test-threads 1 shared

# The same with the files in an object store that speaks S3, in a workspace that is made anew.
python3 -m venv target/store
target/store/bin/pip install --quiet --disable-pip-version-check --only-binary :all: 'moto[server]==5.2.5'
ask() { # METHOD ADDRESS: true where it is answered well
  target/store/bin/python -c 'import sys, urllib.request as web
web.urlopen(web.Request(sys.argv[2], method=sys.argv[1]), timeout=5)' "$1" "$2" 2>/dev/null
}
for port in $(shuf -i 20000-39999 -n 5); do
  target/store/bin/moto_server -H 127.0.0.1 -p "$port" >"$folder/store.log" 2>&1 &
  store=$!
  for _ in $(seq 100); do
    ask GET "http://127.0.0.1:$port/" && break 2
    kill -0 "$store" 2>/dev/null || break
    sleep 0.2
  done
  kill "$store" 2>/dev/null || true
  store=
done
ask PUT "http://127.0.0.1:$port/desk"
export AWS_ENDPOINT_URL="http://127.0.0.1:$port" AWS_ACCESS_KEY_ID=AKIATEST AWS_SECRET_ACCESS_KEY=geheim
export RECONDESK_TEST_S3=s3://desk/tests
"$bin/psql" -q -h "$folder" -p "${socket##*:}" -U recondesk -d postgres -c "DROP DATABASE empty" -c "CREATE DATABASE empty"
# Those that look into the folder themselves are left out.
cargo test --test it -- store:: tables:: candidates:: --skip damaged_files --skip the_same_bytes_twice --skip two_workspaces \
  --skip a_gzip_bomb --skip of_another_merchant_or_day --skip object_store::
cargo test --test it -- --ignored --test-threads 1 shared::two_computers shared_move shared_workers shared_kill
