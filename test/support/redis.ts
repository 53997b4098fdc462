// A Redis of a test's own, on a free port of this machine: it can be killed and begun again, with its memory or without.

import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** `npm run simulators` installs it; without it tests say so. */
export const hasRedis = ((): boolean => {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

if (!hasRedis) console.warn('redis-server is not installed: queues are not tested ("npm run simulators" installs it)');

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
  ) {}

  /** `more`: settings, as redis-server takes them on its command line. */
  static async begin(...more: readonly string[]): Promise<OwnRedis> {
    const redis = new OwnRedis(await freePort(), more);
    await redis.start();
    return redis;
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
    return execFileSync('redis-cli', ['-p', String(this.port), ...words], { encoding: 'utf8' }).trim();
  }

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
