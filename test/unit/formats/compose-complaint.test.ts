import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeComplaint } from '../../../src/formats/compose-complaint.ts';

const file = `services:
  web:
    image: web:1
    imagee: web:1
    init: yess
    ports:
      - abc
    networks: [nope]
  db store:
    image: db:1
`;

/** Messages of Compose 2.26.1, 2.40.3 and 1.29.2 about this file. */
const messages: readonly (readonly [output: readonly string[], line: number | undefined, said: RegExp])[] = [
  [
    ['validating /x/compose.yaml: services.web Additional property imagee is not allowed'],
    4,
    /^services\.web Additional .*imagee/,
  ],
  [["validating /x/compose.yaml: services.web additional properties 'imagee' not allowed"], 4, /^services\.web additional/],
  [
    ["The Compose file './compose.yaml' is invalid because:", "Unsupported config option for services.web: 'imagee'"],
    4,
    /^Unsupp/,
  ],
  [['error while interpolating services.web.init: failed to cast to expected type: invalid boolean: yess'], 5, /invalid boolean/],
  [['validating /x/compose.yaml: services.web.ports must be a list'], 6, /^services\.web\.ports must/],
  [['validating /x/compose.yaml: services.web.ports.0 must be a number'], 6, /ports\.0/],
  [
    ['service "web" refers to undefined network nope: invalid compose project'],
    8,
    /^service "web" refers to undefined network nope$/,
  ],
  [['service "web" depends on undefined service "a": invalid compose project'], 2, /undefined service "a"$/],
  [["validating /x/compose.yaml: services additional properties 'db store' not allowed"], 9, /db store/],
  [['yaml: unmarshal errors:', '  line 17: mapping key "image" already defined at line 15'], 17, /^line 17: mapping key/],
  [['failed to parse /x/compose.yaml: line 17: mapping key "image" already defined at line 15'], 17, /^line 17: mapping key/],
  [['time="2026" level=warning msg="x"', 'Invalid containerPort: abc'], undefined, /^Invalid containerPort: abc$/],
];

test('what Compose says about a file, and the line that it is about', () => {
  for (const [output, line, said] of messages) {
    const found = composeComplaint(output, file);
    assert.is(found?.line, line, output.join('\n'));
    assert.match(found?.said ?? '', said);
  }
});

test('a variable that this shell does not have is no fault of the file', () => {
  const missing = 'error while interpolating services.web.image: required variable NOPE is missing a value: must';
  assert.is(composeComplaint([missing], file), undefined);
  assert.is(composeComplaint([], file), undefined);
});

test.run();
