// A Redis of a test's own, on a free port of this machine: it can be killed and begun again, with its memory or without.

import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeCertificates } from './certificates-of-servers.js';

/** Whether there is a program of that name. */
function hasProgram(name: string, ...words: readonly string[]): boolean {
  try {
    execFileSync(name, words, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** `npm run simulators` installs it; without it tests say so. */
export const hasRedis = hasProgram('redis-server', '--version');
/** And what makes certificates. */
export const hasSecureRedis = hasRedis && hasProgram('openssl', 'version');

if (!hasRedis) console.warn('redis-server is not installed: queues are not tested ("npm run simulators" installs it)');
else if (!hasSecureRedis)
  console.warn('openssl is not installed: queues over TLS are not tested ("npm run simulators" installs it)');

const pause = (milliseconds: number) => new Promise((resume) => setTimeout(resume, milliseconds));

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const at = server.address();
      server.close(() => resolve(typeof at === 'object' && at !== null ? at.port : 0));
    });
  });

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.end();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

export class OwnRedis {
  private readonly folder = mkdtempSync(join(tmpdir(), 'magnet-redis-'));
  private child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly more: readonly string[],
    private readonly authority?: string,
  ) {}

  /** `more`: settings, as redis-server takes them on its command line. */
  static async begin(...more: readonly string[]): Promise<OwnRedis> {
    const redis = new OwnRedis(await freePort(), more);
    await redis.start();
    return redis;
  }

  /** Over TLS alone, by a certificate of an authority of its own; `names`: what it is for. */
  static async secure(names: string, ...more: readonly string[]): Promise<OwnRedis> {
    const port = await freePort();
    const certificates = mkdtempSync(join(tmpdir(), 'magnet-certificates-'));
    const { authority, certificate, key } = makeCertificates(certificates, names);
    const tls = ['--port', '0', '--tls-port', String(port), '--tls-cert-file', certificate, '--tls-key-file', key];
    const checked = ['--tls-ca-cert-file', authority, '--tls-auth-clients', 'no'];
    const redis = new OwnRedis(port, [...tls, ...checked, ...more], authority);
    await redis.start();
    return redis;
  }

  /** The file of its authority, to be named in NODE_EXTRA_CA_CERTS. */
  get authorityFile(): string {
    if (this.authority === undefined) throw new Error('this Redis has no certificate');
    return this.authority;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const settings = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder, '--save', ''];
    this.child = spawn('redis-server', [...settings, ...this.more], { stdio: 'ignore' });
    for (let i = 0; i < 200; i++) {
      if (await answers(this.port)) return;
      await pause(25);
    }
    throw new Error(`no Redis came up on port ${this.port}`);
  }

  /** As a loss of power would. */
  async kill(): Promise<void> {
    const { child } = this;
    if (!child) return;
    this.child = undefined;
    const over = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await over;
  }

  /** What `redis-cli` says. */
  cli(...words: readonly string[]): string {
    const tls = this.authority === undefined ? [] : ['--tls', '--cacert', this.authority];
    return execFileSync('redis-cli', ['-p', String(this.port), ...tls, ...words], { encoding: 'utf8' }).trim();
  }

  /** All that it has, as it would write it to a disk. */
  memory(...words: readonly string[]): string {
    this.cli(...words, 'config', 'set', 'rdbcompression', 'no');
    this.cli(...words, 'save');
    return readFileSync(join(this.folder, 'dump.rdb'), 'latin1');
  }

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
    if (this.authority !== undefined) rmSync(dirname(this.authority), { recursive: true, force: true });
  }
}
