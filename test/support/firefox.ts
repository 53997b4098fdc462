// Firefox as Debian has it, where it is installed (`npm run simulators`), over WebDriver BiDi, which it speaks itself: Playwright drives
// only a Firefox of its own.

import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';

const known = ['/usr/bin/firefox-esr', '/usr/bin/firefox'];

/** Undefined where there is none, which is said: `what` is then not looked at. */
export function firefoxPath(what: string): string | undefined {
  const path = known.find((p) => existsSync(p));
  if (path === undefined)
    console.log(
      `note: Firefox is not installed here, so ${what} are not looked at in it (npm run simulators installs it)`,
    );
  return path;
}

/** A command's answer, or an event. */
interface Message {
  readonly id?: number;
  readonly error?: string;
  readonly message?: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** Where it listens. */
const addressOf = (firefox: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    createInterface(firefox.stderr!).on('line', (line) => {
      const found = /^WebDriver BiDi listening on (\S+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    firefox.once('exit', (code) => reject(new Error(`Firefox ended with ${code} before it listened`)));
  });

/** With one page. */
export class Firefox {
  /** What the console said. */
  readonly said: string[] = [];
  /** Addresses that pages and their workers asked for. */
  readonly asked: string[] = [];
  private readonly waiting = new Map<number, (message: Message) => void>();
  private readonly downloaded: ((file: string) => void)[] = [];
  private context = '';
  private sent = 0;

  private constructor(
    private readonly process: ChildProcess,
    private readonly socket: WebSocket,
    private readonly profile: string,
  ) {
    socket.on('message', (data: Buffer) => this.heard(JSON.parse(data.toString('utf8')) as Message));
  }

  static async open(path: string): Promise<Firefox> {
    const profile = mkdtempSync(join(tmpdir(), 'magnet-firefox-'));
    const args = ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port=0', 'about:blank'];
    const own = spawn(path, args, { env: { ...process.env, HOME: profile }, stdio: ['ignore', 'ignore', 'pipe'] });
    const kill = () => void own.kill('SIGKILL');
    process.once('exit', kill);
    own.once('exit', () => process.off('exit', kill));
    try {
      const socket = new WebSocket(`${await addressOf(own)}/session`);
      await once(socket, 'open');
      const firefox = new Firefox(own, socket, profile);
      await firefox.begin();
      return firefox;
    } catch (error) {
      kill();
      throw error;
    }
  }

  private async begin(): Promise<void> {
    await this.send('session.new', { capabilities: {} });
    const events = ['log.entryAdded', 'network.beforeRequestSent', 'browsingContext.downloadEnd'];
    await this.send('session.subscribe', { events });
    const downloadBehavior = { type: 'allowed', destinationFolder: this.profile };
    await this.send('browser.setDownloadBehavior', { downloadBehavior });
    const { context } = await this.send('browsingContext.create', { type: 'tab' });
    this.context = String(context);
  }

  async close(): Promise<void> {
    this.socket.terminate();
    const ended = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await ended;
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }

  async goTo(url: string): Promise<void> {
    await this.send('browsingContext.navigate', { context: this.context, url, wait: 'interactive' });
  }

  /** What an expression is worth in the page, as JSON can say it. */
  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.send('script.evaluate', {
      expression: `(async () => JSON.stringify(await (${expression})) ?? 'null')()`,
      target: { context: this.context },
      awaitPromise: true,
    });
    if (exceptionDetails) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return JSON.parse((result as { value: string }).value) as unknown;
  }

  /** Until an expression is true in the page; the test's own time is the limit. */
  async until(expression: string): Promise<void> {
    while ((await this.evaluate(expression)) !== true) await new Promise((resume) => setTimeout(resume, 50));
  }

  /** The path of the file that a click makes the page hand out. */
  async handed(selector: string): Promise<string> {
    const file = new Promise<string>((resolve) => void this.downloaded.push(resolve));
    await this.evaluate(`document.querySelector(${JSON.stringify(selector)}).click()`);
    return file;
  }

  private async send(method: string, params: object): Promise<Readonly<Record<string, unknown>>> {
    const id = ++this.sent;
    const answer = new Promise<Message>((resolve) => this.waiting.set(id, resolve));
    this.socket.send(JSON.stringify({ id, method, params }));
    const { error, message, result = {} } = await answer;
    if (error !== undefined) throw new Error(`${method}: ${error}: ${message}`);
    return result;
  }

  private heard(message: Message): void {
    const { id, method, params = {} } = message;
    if (id !== undefined) this.waiting.get(id)?.(message);
    else if (method === 'log.entryAdded') this.said.push(String(params['text']));
    else if (method === 'network.beforeRequestSent') this.asked.push((params['request'] as { url: string }).url);
    else if (method === 'browsingContext.downloadEnd') this.downloaded.shift()?.(String(params['filepath']));
  }
}
