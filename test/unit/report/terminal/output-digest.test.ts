import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { digest } from '../../../../src/report/terminal/output-digest.ts';

const [a, b, c] = ['4f0c9be1d2a7', 'a81d33c07e55', 'c2e9017b6f48'];
const greetings = (hosts: readonly string[], from = 12) =>
  hosts.map((host, at) => `Hello Container World! I have been seen ${from + at} times and my hostname is ${host}.`);
const curl = "docker compose exec client sh -c 'for i in $(seq 4); do curl flask:5000; done'";

test('answers are counted by hostname, with the numbers that rise by one', () => {
  const hosts = [a, b, a, c];
  assert.equal(digest(curl, greetings(hosts), 0, 'en'), [`answers 12 to 15: ${a} ×2, ${b} ×1, ${c} ×1`]);
  assert.equal(digest(curl, greetings(hosts), 0, 'zh-TW'), [`第 12 到 15 個回應：${a} ×2、${b} ×1、${c} ×1`]);
});

test('numbers that do not rise by one are not named', () => {
  const lines = [greetings([a], 12), greetings([b], 12), greetings([b], 20), greetings([a], 3)].flat();
  assert.equal(digest('GET http://127.0.0.1:8000/ × 4', lines, 0, 'en'), [`4 answers: ${a} ×2, ${b} ×2`]);
});

test('pings are counted by address', () => {
  const pings = [2, 3, 2, 4].map((host) => `PING flask (172.18.0.${host}) 56(84) bytes of data.`);
  assert.equal(digest("… sh -c 'ping -c 1 flask'", pings, 0, 'en'), ['4 pings: 172.18.0.2 ×2, 172.18.0.3 ×1, 172.18.0.4 ×1']);
});

test('IDs of containers are on one line, as short as their hostnames', () => {
  const ids = [a, b].map((hostname) => hostname.padEnd(64, '0'));
  assert.equal(digest('docker stop …', ids, 0, 'en'), [`${a}, ${b}`]);
  assert.equal(digest('docker stop …', [...ids, 'x'], 0, 'en'), [...ids, 'x']);
});

test('what `rm` asks about is not shown', () => {
  assert.equal(digest('docker compose rm -f', ['Going to remove base-flask-1, base-client-1'], 0, 'en'), []);
});

test('many hosts: only the most frequent are named', () => {
  const hosts = Array.from({ length: 9 }, (_, at) => `${at}f0c9be1d2a7`);
  assert.match(digest(curl, greetings(hosts), 0, 'en')[0] ?? '', /^answers \d+ to \d+: (?:\wf0c9be1d2a7 ×1, ){6}…$/);
});

test('a table that Docker made in a Chinese locale, where `…` counts as two columns', () => {
  const table = [
    'NAME                  IMAGE       COMMAND                   SERVICE        CREATED         STATUS',
    'p-client-1            net:1       "sleep infinity"          client         1 second ago    Up 1 second',
    'p-redis-server-1      redis:8.0   "docker-entrypoint.s…"   redis-server   2 seconds ago   Up 2 seconds',
    'p-redis-server-2      redis:8.0   "docker-entrypoint.s…"   redis-server   2 seconds ago   Up 2 seconds',
  ];
  assert.equal(digest('docker compose ps', table, 0, 'en'), ['3 containers: redis-server ×2, client']);
});

test('a table of containers becomes the number of each service', () => {
  const table = [
    'NAME      IMAGE        COMMAND    SERVICE   CREATED   STATUS   PORTS',
    'p-app-1   app:latest   "x y"      app       1s ago    Up 1s    5000/tcp',
    'p-app-2   app:latest   "x y"      app       1s ago    Up 1s    5000/tcp',
    'p-db-1    db:8         "z"        db        1s ago    Up 1s    ',
  ];
  assert.equal(digest('docker compose ps', table, 0, 'en'), ['3 containers: app ×2, db']);
  assert.equal(digest('docker compose ps', table, 0, 'zh-TW'), ['3 個容器：app ×2、db']);
  assert.equal(digest('docker compose ps', table.slice(0, 1), 0, 'en'), table.slice(0, 1));
});

test('the table of Compose 1 too', () => {
  const table = [
    '              Name                            Command               State    Ports  ',
    '------------------------------------------------------------------------------------',
    'labwright-1a2b-base_app_1        docker-entrypoint.sh sh -c        Up       5000/tcp',
    '                                 exec flask run                                     ',
    'labwright-1a2b-base_app_2        docker-entrypoint.sh sh -c        Up       5000/tcp',
    'labwright-1a2b-base_my_store_1   redis-server                      Up               ',
  ];
  assert.equal(digest('docker-compose ps', table, 0, 'en'), ['3 containers: app ×2, my_store']);
  const unreadable = table.map((line) => line.replaceAll('_', '.'));
  assert.equal(digest('docker-compose ps', unreadable, 0, 'en'), unreadable);
});

test('another table: its first rows', () => {
  const table = ['NAME   SIZE', ...Array.from({ length: 8 }, (_, at) => `n${at}     ${at} MB`)];
  assert.equal(digest('docker compose images', table, 0, 'en'), [...table.slice(0, 6), '… 3 more lines']);
});

test('other output: a few lines as they are, of more the first', () => {
  const lines = ['first', '', 'second', 'third', 'fourth'];
  assert.equal(digest('x', lines.slice(0, 4), 0, 'en'), ['first', 'second', 'third']);
  assert.equal(digest('x', lines, 0, 'en'), ['first … 3 more lines']);
  assert.equal(digest('x', lines, 7, 'zh-TW'), ['first … 還有 10 行']);
  assert.equal(digest('x', [], 0, 'en'), []);
});

test('lines that differ in other words are not counted, even if they name hosts', () => {
  const lines = [`${a} started`, `${b} stopped`, `${a} started`, `${b} started`];
  assert.equal(digest('x', lines, 0, 'en'), [`${a} started … 3 more lines`]);
});

test.run();
