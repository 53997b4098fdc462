// A Slurm of one node for a test: its controller, its node and munge as processes of the test's own, in a folder that goes with them.

import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { freePort } from './redis.js';

const programs = ['slurmctld', 'slurmd', 'munged', 'sbatch', 'scontrol'];
/** Debian has the daemons where only root looks. */
const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };
const isThere = (name: string) => {
  try {
    execFileSync('sh', ['-c', `command -v ${name}`], { env, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};
/** Its node is root's: only root may begin tasks for others. */
const isRoot = process.getuid?.() === 0;
export const hasSlurm = isRoot && programs.every(isThere);

if (!hasSlurm)
  console.warn(
    `${isRoot ? 'slurm is not installed' : 'slurm wants root'}: array jobs run in a shell alone ("npm run simulators" installs it)`,
  );

const pause = (milliseconds: number) => new Promise((resume) => setTimeout(resume, milliseconds));

export class OwnSlurm {
  private readonly children: ChildProcess[] = [];

  private constructor(private readonly folder: string) {}

  static async begin(): Promise<OwnSlurm> {
    const slurm = new OwnSlurm(mkdtempSync(join(tmpdir(), 'magnet-slurm-')));
    try {
      await slurm.start();
    } catch (error) {
      await slurm.end();
      throw error;
    }
    return slurm;
  }

  /** What a command of Slurm says. */
  ask(command: string, words: readonly string[], cwd = this.folder): string {
    return execFileSync(command, words, {
      cwd,
      env: this.env(),
      encoding: 'utf8',
      stdio: 'pipe',
      timeout: 30_000,
    }).trim();
  }

  /** `PENDING`, `RUNNING`, `COMPLETED`, `CANCELLED`, and how often it was put into the line again. */
  stateOf(task: string): { readonly state: string; readonly restarts: number } {
    const said = this.ask('scontrol', ['show', 'job', task]);
    const field = (name: string) => new RegExp(`\\b${name}=(\\w+)`).exec(said)?.[1] ?? '';
    return { state: field('JobState'), restarts: Number(field('Restarts')) };
  }

  async end(): Promise<void> {
    try {
      this.ask('scancel', ['--full', '--signal=KILL', `--user=${userInfo().username}`]);
    } catch {
      // It has no tasks, or never came up.
    }
    for (const child of this.children.splice(0).reverse()) {
      const over = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await Promise.race([over, pause(5000)]);
        child.kill('SIGKILL');
      }
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private env() {
    return { ...env, SLURM_CONF: join(this.folder, 'slurm.conf') };
  }

  private async start(): Promise<void> {
    const { folder } = this;
    const at = (name: string) => join(folder, name);
    chmodSync(folder, 0o755);
    for (const name of ['state', 'spool']) mkdirSync(at(name));
    writeFileSync(at('munge.key'), randomBytes(128), { mode: 0o400 });
    const host = hostname().split('.')[0];
    const user = userInfo().username;
    const [ports, own] = [[await freePort(), await freePort()], (name: string) => `${folder}/${name}`];
    writeFileSync(
      at('slurm.conf'),
      `ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
SlurmUser=${user}
SlurmdUser=${user}
AuthType=auth/munge
AuthInfo=socket=${own('munge.socket')}
SlurmctldPort=${ports[0]}
SlurmdPort=${ports[1]}
StateSaveLocation=${own('state')}
SlurmdSpoolDir=${own('spool')}
SlurmctldPidFile=${own('slurmctld.pid')}
SlurmdPidFile=${own('slurmd.pid')}
SlurmctldLogFile=${own('slurmctld.log')}
SlurmdLogFile=${own('slurmd.log')}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
ReturnToService=2
KillWait=10
SchedulerParameters=sched_min_interval=0
NodeName=${host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=8000 State=UNKNOWN
PartitionName=all Nodes=${host} Default=YES MaxTime=INFINITE State=UP
`,
    );
    const begin = (program: string, ...words: readonly string[]) =>
      this.children.push(spawn(program, words, { cwd: folder, env: this.env(), stdio: 'ignore' }));
    const munge = [
      'key-file=munge.key',
      'socket=munge.socket',
      'pid-file=munged.pid',
      'log-file=munged.log',
      'seed-file=seed',
    ];
    begin('munged', '--foreground', '--force', ...munge.map((word) => `--${word.replace('=', `=${folder}/`)}`));
    await this.until(() => this.ask('munge', ['--socket', own('munge.socket'), '--no-input']) !== '', 'munge');
    begin('slurmctld', '-D', '-f', at('slurm.conf'));
    begin('slurmd', '-D', '-f', at('slurm.conf'), '-N', host ?? '');
    await this.until(() => this.ask('sinfo', ['--noheader', '--format=%T']) === 'idle', 'the node');
  }

  private async until(isSo: () => boolean, what: string): Promise<void> {
    for (let i = 0; i < 150; i++) {
      try {
        if (isSo()) return;
      } catch {
        // Not yet.
      }
      await pause(200);
    }
    throw new Error(`slurm: ${what} did not come up`);
  }
}
