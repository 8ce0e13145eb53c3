// alone on the engine: an engine remembers 256 events, and a ping is seen only there
// time limit: 960 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { tutorials } from '../../labs/index.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { readyEngine } from '../helpers/engine.ts';
import { follow, followed } from '../helpers/follow.ts';
import { learner, passingSteps, tenTimes } from '../helpers/learner.ts';

const test = suite<{ engine: Engine }>('verify');
test.before(async (context) => {
  context.engine = await readyEngine();
});
test.after(({ engine }) => engine.api.close());

test('the base labs: verify is correct after each command of the tutorial, and changes nothing', async ({ engine }) => {
  const me = await learner(engine, 'base');
  try {
    const none = await me.verify();
    assert.is(none.exitCode, 1);
    assert.match(none.stdout, /\n0 of 10 done\. Next: setup\/build, Fetch and build the images\n/);
    assert.match(
      none.stdout,
      /the image of flask is there\n +expected +an image learner\w+:lab\n +saw +no such image\n +try next +docker[\s\S]*labwright sent no request to your stack\.\n$/,
    );
    const up = ['setup/build', 'setup/up'];
    const talked = [...up, 'setup/talk'];
    const three = ['setup/build', 'scale/out', 'balance/prepare'];
    const whole = async (lab: string, exitCode: number, expected: RegExp) => {
      const result = await me.verify([lab]);
      assert.is(result.exitCode, exitCode, `${lab}\n${result.stdout}${result.stderr}`);
      assert.match(result.stdout, expected);
    };
    await follow(me, engine, [
      ['docker compose build', 'setup/build', ['setup/build']],
      ['docker compose up -d', 'setup/up', up],
    ]);
    // one replica was true from the start
    await whole('scale', 1, /› scale\/out [\s\S]*· scale\/in .*\(true before, too\)\n\n0 of 2 done\. Next: scale\/out, /);
    await whole('scale/in', 1, /0 of 1 done[\s\S]*this was true before the lab too/);
    const talk = 'docker compose exec -T client ping -c 1 flask && docker compose exec -T client curl -sS flask:5000';
    await follow(me, engine, [[talk, 'setup/talk', talked]]);
    await whole('setup', 0, /\nAll 3 done\.\n\nlabwright sent 3 requests to your stack\. They do not count as yours\.\n$/);
    await follow(me, engine, [['docker compose up -d --scale flask=3', 'scale/out', three]]);
    await whole('scale', 1, /✓ scale\/out [\s\S]*\n1 of 2 done\. Next: scale\/in, [\s\S]*saw +3 running\n/);
    await me.type('docker compose up -d --scale flask=1');
    // not setup/talk: the engine may have forgotten that ping
    const in1 = passingSteps((await me.verify()).stdout).filter((at) => at !== 'setup/talk');
    assert.equal(in1, up);
    // what is over cannot be seen in one look
    await whole('scale', 1, /\n0 of 2 done\. /);
    followed.add('scale/in');
    await follow(me, engine, [
      ['docker compose up -d --scale flask=3', 'balance/prepare', three],
      [tenTimes('ping -c 1 flask'), 'balance/ping', [...three, 'balance/ping']],
      [tenTimes('curl -sS flask:5000'), 'balance/curl', [...three, 'balance/ping', 'balance/curl']],
    ]);
    await whole('balance', 0, /balance\/curl .*\(2 not visible in one look\)\n\nAll 3 done\.\n/);
    const thorough = await me.verify(['balance', '--thorough']);
    assert.is(thorough.exitCode, 0, thorough.stdout);
    assert.not.match(thorough.stdout, 'not visible');
    await follow(me, engine, [
      ['docker compose stop', 'cleanup/stop', ['setup/build', 'cleanup/stop']],
      ['docker compose rm -f', 'cleanup/rm', ['setup/build', 'cleanup/rm']],
    ]);
    assert.match(
      (await me.verify()).stdout,
      /\n2 of 10 done\. Next: nginx\/up, .*\(in the folder nginx\)\nThe other steps are not seen yet/,
    );
    await whole('cleanup', 1, /· cleanup\/stop [\s\S]*✓ cleanup\/rm [\s\S]*\n1 of 2 done\.\n/);
  } finally {
    await me.remove();
  }
});

test('the test above verifies every step of the tutorial, except those of the nginx lab', () => {
  const labs = tutorials[0]?.labs.filter(({ id }) => id !== 'nginx') ?? [];
  assert.equal([...followed].sort(), labs.flatMap((lab) => lab.steps.map((step) => `${lab.id}/${step.id}`)).sort());
});

test.run();
