// A client for PostgreSQL in a few lines, so that this tutorial installs no package. In a program of your own, use the package `pg`.
// The protocol: https://www.postgresql.org/docs/17/protocol.html
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

const { DB_HOST = 'db', DB_USER = 'postgres', DB_PASSWORD = '', DB_PASSWORD_FILE } = process.env;
const password = () => (DB_PASSWORD_FILE ? readFileSync(DB_PASSWORD_FILE, 'utf8').trim() : DB_PASSWORD);

/** Runs one statement on a connection of its own. Resolves to its rows: lists of texts. Throws what the server reports. */
export async function query(sql, values = []) {
  const socket = connect({ host: DB_HOST, port: 5432, timeout: 15_000 });
  // who reads the socket gets the error; this is for an error between two reads
  socket.on('error', () => {});
  socket.on('timeout', () => socket.destroy(new Error('the database does not answer')));
  try {
    await once(socket, 'connect');
    const messages = read(socket);
    await logIn(socket, messages);
    socket.write(Buffer.concat(statement(sql, values)));
    return await rowsOf(messages);
  } finally {
    socket.destroy();
  }
}

async function rowsOf(messages) {
  const rows = [];
  for await (const { type, body } of messages) {
    if (type === 'E') throw new Error(errorIn(body));
    if (type === 'D') rows.push(columns(body));
    if (type === 'Z') return rows;
  }
  throw new Error('the database closed the connection');
}

async function logIn(socket, messages) {
  const nonce = randomBytes(18).toString('base64');
  const first = `n=,r=${nonce}`;
  const settings = ['user', DB_USER, 'database', DB_USER, ''].map((word) => `${word}\0`).join('');
  socket.write(message('', Buffer.concat([int(196608), Buffer.from(settings)])));
  for await (const { type, body } of messages) {
    if (type === 'E') throw new Error(errorIn(body));
    if (type === 'Z') return;
    if (type !== 'R') continue;
    const step = body.readInt32BE(0);
    if (step === 10)
      socket.write(
        message('p', Buffer.concat([Buffer.from('SCRAM-SHA-256\0'), int(first.length + 3), Buffer.from(`n,,${first}`)])),
      );
    else if (step === 11) socket.write(message('p', Buffer.from(proof(first, body.toString('utf8', 4)))));
    else if (step !== 0 && step !== 12) throw new Error('the database asks for another kind of login');
  }
  throw new Error('the database closed the connection');
}

/** The answer to the server's challenge (RFC 5802): shows that we know the password, without sending it. */
function proof(first, challenge) {
  const { r, s, i } = Object.fromEntries(challenge.split(',').map((part) => [part[0], part.slice(2)]));
  const hmac = (key, what) => createHmac('sha256', key).update(what).digest();
  const final = `c=biws,r=${r}`;
  const key = hmac(pbkdf2Sync(password(), Buffer.from(s, 'base64'), Number(i), 32, 'sha256'), 'Client Key');
  const signature = hmac(createHash('sha256').update(key).digest(), `${first},${challenge},${final}`);
  return `${final},p=${key.map((byte, at) => byte ^ signature[at]).toString('base64')}`;
}

/** Parse, bind, execute, sync. */
function statement(sql, values) {
  const bound = values.flatMap((value) => [int(Buffer.byteLength(value)), Buffer.from(value)]);
  return [
    message('P', Buffer.from(`\0${sql}\0\0\0`)),
    message('B', Buffer.concat([Buffer.from([0, 0, 0, 0, 0, values.length]), ...bound, Buffer.from([0, 0])])),
    message('E', Buffer.from([0, 0, 0, 0, 0])),
    message('S', Buffer.alloc(0)),
  ];
}

/** The messages of the server: a letter, the length, the body. Reading can stop and go on. */
function read(socket) {
  let rest = Buffer.alloc(0);
  const chunks = socket[Symbol.asyncIterator]();
  const next = async () => {
    for (;;) {
      const length = rest.length < 5 ? Number.POSITIVE_INFINITY : rest.readInt32BE(1) + 1;
      if (rest.length >= length) {
        const one = { type: String.fromCharCode(rest[0]), body: rest.subarray(5, length) };
        rest = rest.subarray(length);
        return { value: one, done: false };
      }
      const { value, done } = await chunks.next();
      if (done) return { value: undefined, done };
      rest = Buffer.concat([rest, value]);
    }
  };
  return { next, [Symbol.asyncIterator]: () => ({ next }) };
}

function columns(body) {
  const values = [];
  for (let at = 2, count = body.readInt16BE(0); count > 0; count--) {
    const length = body.readInt32BE(at);
    values.push(length < 0 ? null : body.toString('utf8', at + 4, at + 4 + length));
    at += 4 + Math.max(0, length);
  }
  return values;
}

const errorIn = (body) =>
  body
    .toString('utf8')
    .split('\0')
    .find((field) => field[0] === 'M')
    ?.slice(1) ?? 'unknown error';
const int = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const message = (type, body) => Buffer.concat([Buffer.from(type), int(body.length + 4), body]);
