import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { missingFrom } from '../../../src/checks/image-history.ts';

const dockerfile = `# syntax=docker/dockerfile:1
FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1 FLASK_APP=app.py
WORKDIR /app
# packages first
RUN --mount=type=cache,target=/root/.cache \\
    pip install \\
    # not this one
    flask==3.1 \\
    redis
COPY --chown=app app.py .
USER app
EXPOSE 5000
CMD ["flask", "run"]
`;
const base = [
  '# debian.sh --arch amd64',
  'ENV PYTHON_VERSION=3.13',
  'RUN /bin/sh -c apt-get update # buildkit',
  'CMD ["python3"]',
];
const buildkit = [
  ...base,
  'ENV PYTHONUNBUFFERED=1 FLASK_APP=app.py',
  'WORKDIR /app',
  'RUN /bin/sh -c pip install     flask==3.1     redis # buildkit',
  'COPY app.py . # buildkit',
  'USER app',
  'EXPOSE [5000/tcp]',
  'CMD ["flask" "run"]',
];
const classic = [
  ...base,
  '/bin/sh -c #(nop)  ENV PYTHONUNBUFFERED=1 FLASK_APP=app.py',
  '/bin/sh -c #(nop) WORKDIR /app',
  '/bin/sh -c pip install     flask==3.1     redis',
  '/bin/sh -c #(nop) COPY --chown=app file:0123 in . ',
  '/bin/sh -c #(nop)  USER app',
  '/bin/sh -c #(nop)  CMD ["flask" "run"]',
];

test('only the last stage is compared with the image', () => {
  const stages = 'FROM a AS build\nRUN make\nFROM b\nCOPY --from=build /x /x\n';
  assert.equal(missingFrom(['COPY /x /x # buildkit'], stages), []);
  assert.equal(missingFrom([], stages), ['COPY --from=build /x /x']);
});

test('finds every instruction in the history of BuildKit and of the classic builder', () => {
  assert.equal(missingFrom(buildkit, dockerfile), []);
  assert.equal(missingFrom(classic, dockerfile), []);
});

test('reports each missing instruction', () => {
  const without = (part: string) =>
    missingFrom(
      buildkit.filter((line) => !line.includes(part)),
      dockerfile,
    );
  assert.equal(without('pip'), ['RUN --mount=type=cache,target=/root/.cache pip install flask==3.1 redis']);
  assert.equal(without('WORKDIR'), ['WORKDIR /app']);
  assert.equal(without('COPY'), ['COPY --chown=app app.py .']);
  assert.equal(without('USER'), ['USER app']);
  assert.equal(without('FLASK_APP'), ['ENV PYTHONUNBUFFERED=1 FLASK_APP=app.py']);
  assert.is(missingFrom(base, dockerfile).length, 6);
});

test('a changed instruction is reported as missing', () => {
  assert.equal(missingFrom(buildkit, dockerfile.replace('flask==3.1', 'flask==3.2')), [
    'RUN --mount=type=cache,target=/root/.cache pip install flask==3.2 redis',
  ]);
});

test('the order and the number of repetitions matter', () => {
  assert.equal(missingFrom(['RUN /bin/sh -c x # buildkit'], 'FROM a\nRUN x\nRUN x\n'), ['RUN x']);
  assert.equal(missingFrom(['ENV A=1 B=2'], 'FROM a\nENV A=1\nENV B=2\n'), []);
  const twice = 'FROM a\nRUN x\nCOPY a b\nRUN x\n';
  assert.equal(missingFrom(['RUN /bin/sh -c x # buildkit', 'COPY a b # buildkit'], twice), ['RUN x']);
  assert.equal(missingFrom(['COPY a b # buildkit', 'RUN /bin/sh -c x # buildkit'], 'FROM a\nRUN x\nCOPY a b\n'), ['COPY a b']);
});

test('ENV in each of its forms, with one variable or several', () => {
  for (const env of ['ENV A=1', 'ENV A 1', 'ENV A="one two" \\\n    B=2']) {
    assert.equal(missingFrom(['ENV A=1 B=2'], `FROM a\n${env}\n`), [], env);
    assert.equal(missingFrom(['ENV C=1'], `FROM a\n${env}\n`).length, 1, env);
  }
});

test("the CMD of the base image does not count as the Dockerfile's", () => {
  const only = 'FROM python:3.13-slim\nCMD ["flask", "run"]\n';
  assert.equal(missingFrom(base, only), ['CMD ["flask", "run"]']);
  assert.equal(missingFrom([...base, 'CMD ["flask" "run"]'], only), []);
  assert.equal(missingFrom([...base, 'CMD ["/bin/sh" "-c" "flask run"]'], 'FROM x\nCMD flask run\n'), []);
});

test('an exec form equals its words joined by spaces, and a variable matches any value', () => {
  assert.equal(
    missingFrom(['RUN pip install flask # buildkit', 'WORKDIR /srv'], 'FROM x\nRUN ["pip", "install", "flask"]\nWORKDIR $HOME\n'),
    [],
  );
});

test.run();
