import { access } from 'node:fs/promises';
import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import type { Homes } from '../homes.ts';

/** A private engine that answers. `env` is what a child process needs to use it: DOCKER_HOST, DOCKER_CONFIG, PATH. */
export interface PrivateEngine {
  /** `unix:///…/docker.sock` */
  readonly host: string;
  readonly env: Readonly<Record<string, string>>;
}

/** How a piece of work speaks with whoever asked for it. */
export interface Talk {
  /** Told at each stage that takes a while. */
  readonly progress?: (stage: Text) => void;
  /** May the system's packages be installed without asking. */
  readonly unattended: boolean;
  /** Asked before something is installed, where it may not be done without. Absent: the answer is no. */
  readonly ask?: (what: Text) => Promise<boolean>;
  readonly signal?: AbortSignal;
}

export type Supported = { readonly ok: true } | { readonly ok: false; readonly reason: Text };

export interface Status {
  readonly running: boolean;
  readonly host: string;
  readonly pid?: number;
  readonly data: string;
  readonly log: string;
}

const later = () => new LabError('E_ENGINE_START', text('not there yet', '尚未完成'), text('wait for it', '請稍候'));

export async function supported(): Promise<Supported> {
  return process.platform === 'linux' &&
    process.getuid?.() === 0 &&
    (await access('/usr/bin/apt-get').then(
      () => true,
      () => false,
    ))
    ? { ok: true }
    : {
        ok: false,
        reason: text('the private engine needs Debian or Ubuntu, as root', '內建引擎需要以 root 在 Debian 或 Ubuntu 上執行'),
      };
}

/** The private engine if it answers now; changes nothing. */
export async function running(_homes: Homes): Promise<PrivateEngine | undefined> {
  return undefined;
}

/** Brings the private engine up, or finds it up. */
export async function up(_homes: Homes, _talk: Talk): Promise<PrivateEngine> {
  throw later();
}

/** Stops it; true if there was something to stop. */
export async function down(_homes: Homes, _talk?: Pick<Talk, 'progress' | 'signal'>): Promise<boolean> {
  return false;
}

export async function status(homes: Homes): Promise<Status> {
  return { running: false, host: '', data: homes.state, log: '' };
}

/** Can this image be built from Debian's packages? */
export function buildable(ref: string): boolean {
  return ['python:3.13-slim', 'redis:8.0', 'nginx:1.26', 'nicolaka/netshoot:v0.13'].includes(ref);
}

/** Builds those images that are not up to date on the engine yet, and tags them with these names. */
export async function buildBase(_homes: Homes, _engine: PrivateEngine, _refs: readonly string[], _talk: Talk): Promise<void> {
  throw later();
}
