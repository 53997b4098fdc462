// `rediss://` with passwords, against a Redis that speaks TLS alone: answers are those of threads, what is wrong is told plainly, and
// the password stands nowhere: in no message, no file that is written, and not in the Redis.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { timeless } from '../support/batch.js';
import { buildOnce, root } from '../support/built.js';
import { OwnRedis, hasSecureRedis } from '../support/redis.js';
import { tinyArch, tinyLayers } from './run.js';

const bin = join(root, 'dist/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'magnet-tls-'));
const children: ChildProcess[] = [];
const jobs = 'jobs: [{ kind: map, network: net.yaml, arch: tiny.yaml, objective: [layer-edp, energy] }]\n';
const password = 'pass-w0rd-of-a-test';
let redis: OwnRedis;
let other: OwnRedis;

beforeAll(async () => {
  if (!hasSecureRedis) return;
  buildOnce();
  for (const [name, text] of Object.entries({ 'jobs.yaml': jobs, 'tiny.yaml': tinyArch, 'net.yaml': tinyLayers }))
    writeFileSync(join(folder, name), text);
  redis = await OwnRedis.secure('DNS:localhost,IP:127.0.0.1', '--requirepass', password);
  other = await OwnRedis.secure('DNS:elsewhere.example', '--requirepass', password);
}, 120_000);
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all([redis?.end(), other?.end()]);
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** `authority`: the file of one that is trusted. */
function magnet(argv: readonly string[], authority?: string, begun: (child: ChildProcess) => void = () => {}) {
  return new Promise<Ended>((resolve) => {
    const { NODE_EXTRA_CA_CERTS: _, ...rest } = process.env;
    const env = { ...rest, ...(authority !== undefined && { NODE_EXTRA_CA_CERTS: authority }) };
    const child = spawn(process.execPath, [bin, ...argv], { cwd: folder, env });
    children.push(child);
    begun(child);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
    child.on('close', (code) => resolve({ code, said }));
  });
}

describe.runIf(hasSecureRedis)('a queue over TLS', () => {
  test('does what threads do, and the password stands nowhere', { timeout: 240_000 }, async () => {
    const url = `rediss://:${password}@localhost:${redis.port}`;
    const trusted = redis.authorityFile;
    let end = () => {};
    const working = magnet(
      ['worker', '--queue', url, '--workers', '1'],
      trusted,
      (c) => (end = () => void c.kill('SIGTERM')),
    );
    const alone = await magnet(['batch', 'jobs.yaml', '--out', 'alone.jsonl', '--workers', '1']);
    const queue = ['--queue', url, '--metrics', 'queue.prom'];
    const queued = await magnet(['batch', 'jobs.yaml', '--out', 'queued.jsonl', ...queue], trusted);
    const searched = await magnet(
      [
        ...['codesign', 'net.yaml', '--space', 'magnet-quick', '--gap', '20%', '--workers', '1', ...queue],
        ...['--checkpoint', 'search.json', '--json', 'answer.json', '--design', 'design.yaml', '--figure', 'gap.svg'],
      ],
      trusted,
    );
    const kept = redis.memory('--no-auth-warning', '-a', password);
    end();
    const worked = await working;
    expect(
      [alone, queued, searched, worked].map((e) => [e.code, e.code === 130 ? '' : e.said.match(/^error.*/m)?.[0]]),
    ).toEqual([
      [0, undefined],
      [0, undefined],
      [0, undefined],
      [130, ''],
    ]);
    const text = (name: string) => readFileSync(join(folder, name), 'utf8');
    expect(timeless(text('queued.jsonl'))).toBe(timeless(text('alone.jsonl')));
    expect(kept).toContain('magnet:');
    const files = readdirSync(folder);
    for (const name of ['queued.jsonl', 'queue.prom', 'search.json', 'answer.json', 'design.yaml', 'gap.svg'])
      expect(files).toContain(name);
    for (const said of [queued.said, searched.said, worked.said, kept, ...files.map(text)])
      expect(said).not.toContain(password);
  });

  test('what is wrong is told plainly', { timeout: 240_000 }, async () => {
    const [at, trusted] = [`127.0.0.1:${redis.port}`, redis.authorityFile];
    const why = async (url: string, authority?: string): Promise<string> => {
      const { code, said } = await magnet(['worker', '--queue', url, '--idle', '1s'], authority);
      expect(code).toBe(3);
      expect(said).not.toContain(password);
      return said;
    };
    const secret = `:${password}@`;
    const untrusted = `error: the certificate of rediss://${at} is not trusted`;
    for (const authority of [undefined, other.authorityFile]) {
      const said = await why(`rediss://${secret}${at}`, authority);
      expect(said).toContain(untrusted);
      expect(said).toContain('name the file of its authority in the variable NODE_EXTRA_CA_CERTS');
    }
    expect(await why(`rediss://${secret}127.0.0.1:${other.port}`, other.authorityFile)).toBe(
      `error: the certificate of rediss://127.0.0.1:${other.port} is for other names (DNS:elsewhere.example); address it by one of them\n`,
    );
    expect(await why(`rediss://:${password}x@${at}`, trusted)).not.toContain(`${password}x`);
    expect(await why(`rediss://:not-the-word@${at}`, trusted)).toBe(
      `error: the Redis at rediss://${at} does not take this user and password\n`,
    );
    expect(await why(`rediss://${at}`, trusted)).toBe(
      `error: the Redis at rediss://${at} wants a password: --queue rediss://:PASSWORD@${at}\n`,
    );
    expect(await why(`redis://${secret}${at}`)).toBe(
      `error: redis://${at} hung up; a Redis that wants TLS is addressed by rediss://\n`,
    );
    expect(await why(`rediss://${secret}no-such-host.invalid:6379`, trusted)).toBe(
      'error: there is no computer of the name in rediss://no-such-host.invalid:6379\n',
    );
  });
});
