import type { Replica } from '../../lab/facts.ts';
import type { Cause } from '../../lab/verdict.ts';
import { textWith } from '../evidence/stack-facts.ts';
import { type ComposeSource, placeText } from './compose-source.ts';

/** A container waits to be started until the health check of another one passes, which it does not. */
export function healthCause(
  { compose, command }: { readonly compose?: ComposeSource; readonly command: string },
  waiting: Replica,
  ill: Replica,
): Cause {
  const written = compose?.valueOf(ill.service, 'healthcheck');
  const lines = (ill.healthOutput ?? '').split('\n').filter((line) => line.trim() !== '');
  const names = {
    service: ill.service,
    waiting: waiting.service,
    place: compose && written ? placeText(compose.file, written.line) : (compose?.placeOf(ill.service) ?? 'compose.yaml'),
    test: (ill.healthcheck ?? []).filter((word, at) => at > 1 || !/^(?:\/bin\/sh|-c)$/.test(word)).join(' '),
    said: (lines.at(-1) ?? '').slice(0, longest),
    command,
  };
  return {
    text:
      names.said === ''
        ? textWith(
            '{waiting} waits for {service}, whose health check (`{test}`, {place}) has not passed',
            '{waiting} 在等待 {service}，但 {service} 的健康檢查（`{test}`，{place}）沒有通過',
            names,
          )
        : textWith(
            '{waiting} waits for {service}, whose health check (`{test}`, {place}) has not passed: {said}',
            '{waiting} 在等待 {service}，但 {service} 的健康檢查（`{test}`，{place}）沒有通過：{said}',
            names,
          ),
    help: textWith(
      'correct the `test:` of {place} so that it succeeds in the container of {service}, then {command}',
      '請修正 {place} 的 `test:`，讓它能在 {service} 的容器裡成功執行，再執行 {command}',
      names,
    ),
  };
}

const longest = 120;
