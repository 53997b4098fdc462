#!/usr/bin/env bash
# ioredis 6.0.0 with a `db` that the server has not: an error event is emitted, and everything is then written to database 0.
# Needs redis-server (Debian 12's was 7.0.15).
set -euo pipefail
folder=$(mktemp -d); cd "$folder"
npm init -y > /dev/null; npm install --silent --no-audit --no-fund --ignore-scripts ioredis@6.0.0 > /dev/null
port=$(node -e "const s = require('net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close(); })")
redis-server --port "$port" --bind 127.0.0.1 --save '' --databases 16 > /dev/null & server=$!
trap 'kill $server; rm -rf "$folder"' EXIT
for _ in $(seq 50); do redis-cli -p "$port" ping > /dev/null 2>&1 && break; sleep 0.1; done
cat > run.mjs <<'JS'
import { Redis } from 'ioredis';
const at = { host: '127.0.0.1', port: Number(process.argv[2]) };
const [asked, first] = [new Redis({ ...at, db: 99 }), new Redis(at)];
asked.on('error', (error) => console.log('error event:', error.message));
console.log('set in database 99:', await asked.set('key', 'value').catch((error) => `refused: ${error.message}`));
console.log('database 0 has:', await first.get('key'));
asked.disconnect();
first.disconnect();
JS
seen=$(timeout 20 node run.mjs "$port")
wanted='error event: ERR DB index is out of range
set in database 99: OK
database 0 has: value'
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "changed; it was: $wanted"; exit 1; }
