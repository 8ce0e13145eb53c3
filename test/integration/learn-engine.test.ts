// time limit: 600 s
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openEngine } from '../../src/docker/discovery/open-engine.ts';
import { down } from '../../src/docker/embedded/embedded-engine.ts';
import { envFor, type Started, startBin } from '../helpers/bin.ts';
import { onOwnEngine } from '../helpers/faulty-engine.ts';
import { folder } from '../helpers/folder.ts';
import { run, unattended } from '../helpers/own-engine.ts';

/** Live mode while its engine stops and starts: a separate engine with one small image, so that the shared one keeps running. */

const image = { image: 'sleep', pull_policy: 'never', init: true };
const stack = JSON.stringify({ name: 'lab', services: { flask: image, 'redis-server': image, client: image } });

test('the engine stops while lab learn runs: it says so, waits, and looks again when the engine is back', () =>
  onOwnEngine(async (engine, own) => {
    const dir = folder();
    writeFileSync(join(dir, 'compose.yaml'), stack);
    const env = { ...envFor(engine, own.env['XDG_STATE_HOME'] ?? ''), ...engine.compose.env };
    const compose = (...args: string[]) => {
      const [program = '', ...words] = engine.compose.line.split(' ');
      return run(
        { ...engine.compose.env, PWD: dir },
        program,
        ...words,
        '--project-directory',
        dir,
        '-f',
        join(dir, 'compose.yaml'),
        ...args,
      );
    };
    compose('up', '-d');
    const session: Started = startBin(['learn', 'scale', '--follow', '--reporter', 'ndjson'], env, dir);
    try {
      await session.until('"kind":"step-began","step":"scale/out"');
      await down(own.homes);
      await session.until('"kind":"note","text":"the engine at ');
      const opening = {
        choice: 'private',
        homes: own.homes,
        env: process.env,
        home: '/root',
        progress: () => {},
        ...unattended,
      } as const;
      const again = await openEngine({ ...opening, signal: new AbortController().signal });
      await again.api.close();
      await session.until('"kind":"step-began","step":"scale/out"', 'stdout', 2);
      compose('up', '-d', '--scale', 'flask=3');
      await session.until('"check":"flask-has-3-replicas","claim":"flask has 3 replicas, running","mark":"passed"');
      session.child.kill('SIGTERM');
      const { exitCode, stdout, stderr } = await session.ended;
      assert.is(exitCode, 130, stderr);
      const notes = stdout.split('\n').filter((line) => line.includes('"kind":"note"'));
      assert.is(notes.length, 1, `one note says that the engine is gone:\n${notes.join('\n')}`);
      assert.match(notes[0] ?? '', /no longer answers/);
    } finally {
      session.child.kill('SIGKILL');
      await session.ended;
    }
  }));

test.run();
