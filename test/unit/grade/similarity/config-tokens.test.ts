import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { confTokens, dockerfileTokens } from '../../../../src/grade/similarity/config-tokens.ts';

const conf = (text: string): string => [...confTokens(text)].map(({ symbol }) => symbol).join(' ');
const dockerfile = (text: string): string => [...dockerfileTokens(text)].map(({ symbol }) => symbol).join(' ');

test('a configuration: directives, flags and variables remain; names, ports, paths, comments and blanks do not', () => {
  assert.is(
    conf('upstream app { server flask:5000 max_fails=2; } # x\nserver{listen 80;}'),
    'upstream value { server value max_fails= ; } server { listen value ; }',
  );
  assert.is(conf('proxy_set_header Host $host;'), conf('  proxy_set_header\n  "X-Real" $host; # y'));
  assert.is.not(conf('proxy_set_header Host $host;'), conf('proxy_set_header Host $remote_addr;'));
  assert.is.not(conf('least_conn;'), conf('ip_hash;'));
});

test('a Dockerfile: comments, continuations, quotes, paths, versions and forms of commands have no meaning', () => {
  assert.is(
    dockerfile('FROM python:3.13-slim\nRUN pip install "flask>=3.0" \\\n  # note\n  redis\nCMD ["flask", "run"]'),
    'FROM python number RUN pip install flask number redis CMD flask run',
  );
  assert.is(dockerfile('# a\nWORKDIR /src\nCMD flask run'), dockerfile('WORKDIR /app/code\n\nCMD ["flask","run"]'));
  assert.is(
    dockerfile('FROM x AS build\nRUN useradd web\nUSER web:web\nCOPY --from=build /a /b'),
    dockerfile('FROM x AS first\nRUN useradd me\nUSER me:me\nCOPY --from=first /a /b'),
  );
  assert.is.not(dockerfile('RUN apk add curl'), dockerfile('RUN apt-get install curl'));
  assert.match(dockerfile('RUN <<EOF\npip install flask\nEOF'), 'RUN eof pip install flask');
});

test('lines are those of the file', () => {
  assert.equal(
    [...dockerfileTokens('# a\n\nFROM x\nRUN a \\\n b\nUSER c')].map(({ line }) => line),
    [3, 3, 4, 4, 4, 6, 6],
  );
  assert.equal(
    [...confTokens('a {\n\n b 1;\n}')].map(({ line }) => line),
    [1, 1, 3, 3, 3, 4],
  );
});

test('a file that is no Dockerfile is compared by its words', () => {
  assert.is(dockerfile('FROM \u0000 x'), 'from \u0000 x');
});

test.run();
