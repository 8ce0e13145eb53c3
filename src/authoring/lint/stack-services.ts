import { existsSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { closestWord } from '../../formats/closest-word.ts';
import type { ComposeFile } from '../../formats/compose-file.ts';
import { type Finding, finding } from '../../lab/finding.ts';
import { serviceNames } from '../../lab/stack.ts';
import { buildOf, dockerfileOf } from './compose-paths.ts';
import type { Stack } from './stack.ts';

/** Checks that the stack's roles match the file's services one to one, and that both name the same build folders. */
export function lintServices({ name, spec, shown, tutorial, dir }: Stack, file: ComposeFile): Finding[] {
  const roles = Object.entries(serviceNames(spec));
  const services = Object.keys(file.services);
  const pointed = {
    probeFrom: spec.probeFrom,
    proxy: spec.proxy?.role,
    'proxy.upstream': spec.proxy?.upstream,
    published: spec.published?.role,
  };
  const at = `${shown}/compose.yaml`;
  return [
    ...roles
      .filter(([, service]) => !services.includes(service))
      .map(([role, service]) => ({ ...serviceMissing(at, name, role, service, services), part: `${name}/${role}` })),
    ...services
      .filter((service) => !roles.some(([, one]) => one === service))
      .map((service) =>
        finding(
          at,
          'service-unnamed',
          [`the stack ${name} has no role for the service ${service}`, `stack ${name} 沒有替服務 ${service} 指定角色`],
          ['add it to `services`', '請寫進 `services`'],
        ),
      ),
    ...Object.entries(pointed)
      .filter(([, role]) => role !== undefined && spec.services[role] === undefined)
      .map(([field, role]) =>
        finding(
          `${tutorial}: stack ${name}`,
          'role-missing',
          [`${field} is ${role}, which is not a role in services`, `${field} 是 ${role}，但 services 裡沒有這個角色`],
          ['name one of `services`', '請指定 `services` 裡的角色'],
        ),
      ),
    ...Object.entries(spec.services).flatMap(([role, service]) =>
      service.build === undefined ? [] : lintBuild({ name, shown, dir }, role, service.build, file.services[service.name]),
    ),
  ];
}

function serviceMissing(at: string, stack: string, role: string, service: string, services: readonly string[]): Finding {
  const close = closestWord(service, services);
  return finding(
    at,
    'service-missing',
    [
      `compose.yaml has no service ${service}, the ${role} of the stack ${stack}`,
      `compose.yaml 沒有服務 ${service}，也就是 stack ${stack} 的 ${role}`,
    ],
    close === undefined
      ? [`its services: ${services.join(', ')}`, `這個檔案的服務：${services.join('、')}`]
      : [`did you mean ${close}?`, `是不是 ${close}？`],
  );
}

function lintBuild(
  { name, shown, dir }: Pick<Stack, 'name' | 'shown' | 'dir'>,
  role: string,
  folder: string,
  service: unknown,
): Finding[] {
  const build = buildOf(service);
  const dockerfile = dockerfileOf(service);
  if (build === undefined || normalize(build) !== normalize(folder))
    return [
      finding(
        `${shown}/compose.yaml`,
        'build-other',
        build === undefined
          ? [
              `it does not build ${role}, which the stack ${name} builds from ${folder}`,
              `沒有建置 ${role}，但 stack ${name} 要從 ${folder} 建置`,
            ]
          : [
              `it builds ${role} from ${build}, and the stack ${name} from ${folder}`,
              `從 ${build} 建置 ${role}，但 stack ${name} 寫的是 ${folder}`,
            ],
        ['use the same folder in both', '請在兩處使用相同的資料夾'],
      ),
    ];
  if (dockerfile === undefined || existsSync(join(dir, folder, dockerfile))) return [];
  return [
    finding(
      `${shown}/${folder}`,
      'file-missing',
      [`there is no ${dockerfile} to build from`, `沒有可以建置的 ${dockerfile}`],
      [`add a ${dockerfile}`, `請加上 ${dockerfile}`],
    ),
  ];
}
