import { connect } from 'node:net';
import { ask, getReady } from '../../checks/evidence/http.ts';
import { addressesOf } from '../../checks/evidence/stack-facts.ts';
import type { Replica } from '../../lab/facts.ts';
import type { Answer, Readiness, ReadyOptions } from '../../lab/world.ts';
import type { Clock } from '../../run/clock.ts';

/**
 * Requests from this machine to a submission's containers, at their own addresses: without a container and a program of ours for each, which would
 * take much longer.
 */

/** What curl sends; `Host` is added. */
export const curlHeaders = { 'user-agent': 'curl/8.14.1', accept: '*/*' } as const;

/** Requests the plain page of these replicas in turn, as another container does by the service's name. */
export async function askInTurn(replicas: readonly Replica[], port: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const replica of replicas) {
    const [address] = addressesOf(replica);
    if (address === undefined) continue;
    const headers = { host: `${replica.service}:${port}`, ...curlHeaders };
    answers.push(...(await ask(`${address}:${port}`, [''], { keepAlive: false, path: '/', headers, own: true })));
  }
  return answers;
}

const exchangeMs = 5000;
const mostCharacters = 20_000;

/** Sends text to a container's port, and resolves to what it answers until it closes the connection; empty: it does not answer. */
export function exchange(replica: Replica, port: number, sent: string): Promise<string> {
  const [host] = addressesOf(replica);
  if (host === undefined) return Promise.resolve('');
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect({ host, port }).setEncoding('utf8');
    const late = setTimeout(() => socket.destroy(), exchangeMs);
    socket.on('data', (chunk: string) => {
      answer += chunk;
      if (answer.length > mostCharacters) socket.destroy();
    });
    // a connection that is refused or reset ends as any other: what was answered so far counts
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(late);
      resolve(answer.slice(0, mostCharacters));
    });
    socket.write(sent);
  });
}

const answerMs = 2000;
const tickMs = 50;

/** As `readyScript` in checks/evidence/probe-scripts.ts: waits until each address answers with a status below 500. */
export async function awaitReady(
  addresses: readonly string[],
  { port, path, withinMs }: ReadyOptions,
  clock: Clock,
): Promise<Readiness> {
  const endMs = clock.now() + withinMs;
  const until = async (address: string): Promise<Readiness[number]> => {
    for (;;) {
      const status = await statusOf(`http://${address}:${port}`, path);
      const isCertain = status !== undefined && status < 500;
      if (isCertain || clock.now() >= endMs) return { address, ...(status === undefined ? {} : { status }) };
      await clock.wait(tickMs);
    }
  };
  return Promise.all(addresses.map(until));
}

/** 0: the connection is accepted, but nothing is answered in time. Undefined: no connection, or it broke. */
async function statusOf(origin: string, path: string): Promise<number | undefined> {
  const { Client } = await getReady();
  const late = AbortSignal.timeout(answerMs);
  let isConnected = false;
  const client = new Client(origin, { connectTimeout: answerMs }).on('connect', () => {
    isConnected = true;
  });
  try {
    const { statusCode, body } = await client.request({ method: 'GET', path, headers: curlHeaders, signal: late });
    await body.dump();
    return statusCode;
  } catch {
    return late.aborted && isConnected ? 0 : undefined;
  } finally {
    await client.destroy();
  }
}
