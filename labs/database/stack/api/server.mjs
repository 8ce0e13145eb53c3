// An API that keeps notes in PostgreSQL. It ends at once if there is no database when it starts.
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { query } from './postgres.mjs';

/** The answer to a request: status and body. Every column that the table has is in it. */
async function answer({ method, url }, body) {
  if (url === '/health') {
    await query('SELECT 1');
    return [200, 'ok'];
  }
  if (url !== '/notes') return [404, 'try /notes'];
  if (method === 'POST') await query('INSERT INTO notes (text) VALUES ($1)', [body]);
  const [[notes]] = await query("SELECT coalesce(json_agg(notes ORDER BY id), '[]') FROM notes");
  return [200, notes];
}

const server = createServer(async (request, response) => {
  const [status, body] = await text(request)
    .then((sent) => answer(request, sent))
    .catch((error) => [500, error.message]);
  console.log(`${request.method} ${request.url} ${status}`);
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${body}\n`);
});

try {
  await query('SELECT 1');
} catch (error) {
  console.error(`no database: ${error.message}`);
  process.exit(1);
}
server.listen(8080, () => console.log('listening on port 8080'));
process.on('SIGTERM', () => process.exit(0));
