// The page as it is shipped, built once for all files that look at it, served as `magnet web` does, in a real browser.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { siteFiles, siteServer } from '../../src/cli/web/site-server.js';
import { buildOnce, root } from './built.js';

/** Of all that goes into it. */
function inputsDigest(): string {
  const hash = createHash('sha256');
  for (const folder of ['src', 'web', 'dist/command'])
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((e) => e.isFile())
      .map((e) => join(e.parentPath, e.name))
      .sort())
      hash.update(entry).update(readFileSync(entry));
  return hash.digest('hex').slice(0, 16);
}

/** The folder of its files. */
export function builtSite(): string {
  buildOnce();
  const cache = join(root, 'node_modules/.cache');
  const site = join(cache, `magnet-site-${inputsDigest()}`);
  if (existsSync(site)) return site;
  for (const old of readdirSync(cache).filter((name) => name.startsWith('magnet-site-')))
    rmSync(join(cache, old), { recursive: true, force: true });
  // Whole at once: another file of tests may build it at the same time.
  const made = mkdtempSync(join(cache, 'magnet-site-new-'));
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const build = ['build', '--config', 'web/vite.config.ts', '--outDir', made, '--emptyOutDir', '--logLevel', 'error'];
  // As users build it: a test's own settings of Node would have the library's development build.
  execFileSync(process.execPath, [vite, ...build], { cwd: root, env: { ...process.env, NODE_ENV: 'production' } });
  if (existsSync(site)) return made;
  renameSync(made, site);
  return site;
}

/** As a host of plain files: what they are, and no other header. */
const plainServer = (files: ReadonlyMap<string, string>): Server =>
  createServer(({ url = '/' }, response) => {
    const file = files.get(url.replace(/[?#].*$/s, ''));
    if (file === undefined) return void response.writeHead(404).end();
    const ending = extname(file);
    const type = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm' }[
      ending
    ];
    response.writeHead(200, type === undefined ? {} : { 'Content-Type': type }).end(readFileSync(file));
  });

interface HowServed {
  /** As files on any host, in place of `magnet web`. */
  readonly plain?: boolean;
  /** What the script of workers begins with. */
  readonly workersBegin?: string;
}

export interface ServedSite {
  readonly folder: string;
  readonly origin: string;
  readonly server: Server;
}

export async function servedSite({ plain = false, workersBegin = '' }: HowServed = {}): Promise<ServedSite> {
  const folder = builtSite();
  const files = new Map(siteFiles(folder)!);
  for (const [path, file] of workersBegin === '' ? [] : files)
    if (/\/worker-[^/]*\.js$/.test(path)) {
      const own = join(mkdtempSync(join(tmpdir(), 'magnet-worker-')), 'worker.js');
      writeFileSync(own, `${workersBegin}\n${readFileSync(file, 'utf8')}`);
      files.set(path, own);
    }
  const server = (plain ? plainServer : siteServer)(files);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { folder, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

/** Of these addresses, those of another origin. */
export const beyondOrigin = (origin: string, asked: readonly string[]): readonly string[] =>
  asked.filter((url) => !url.startsWith(`${origin}/`) && !/^(data|blob):/.test(url));

export interface Opened {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the console said. */
  readonly said: string[];
  /** Addresses that were asked for. */
  readonly asked: string[];
}

/** Another name of this computer, which browsers trust no more than any other host. */
const elsewhere = 'plain.test';

const typed = [
  'batch',
  'limits',
  'timeLimit',
  'more',
  'points',
  'strategies',
  'repeat',
  'bits',
  'layerBits',
  'accumPrecision',
  'divide',
  'mean',
  'std',
  'first',
  'maxLoss',
];

export class Site {
  private readonly opened: BrowserContext[] = [];

  private constructor(
    readonly folder: string,
    readonly origin: string,
    private readonly server: Server,
    private readonly browser: Browser,
  ) {}

  static async open(executablePath: string, how: HowServed = {}): Promise<Site> {
    const { folder, origin, server } = await servedSite(how);
    return new Site(
      folder,
      origin,
      server,
      await chromium.launch({
        executablePath,
        args: ['--no-sandbox', `--host-resolver-rules=MAP ${elsewhere} 127.0.0.1`],
      }),
    );
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.stop();
  }

  /** The host is gone, and its browser is not. */
  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** What was opened in one test. */
  async closePages(): Promise<void> {
    for (const context of this.opened.splice(0)) await context.close();
  }

  /** In a browser that has kept nothing yet; not `secure`: as over the network without HTTPS; not `kept`: without a service worker. */
  async page({ width = 1280, hash = '', dark = false, secure = true, kept = true } = {}): Promise<Opened> {
    const context = await this.browser.newContext({
      viewport: { width, height: 900 },
      acceptDownloads: true,
      colorScheme: dark ? 'dark' : 'light',
      serviceWorkers: kept ? 'allow' : 'block',
    });
    this.opened.push(context);
    const page = await context.newPage();
    const [said, asked]: [string[], string[]] = [[], []];
    page.on('console', (m) => said.push(m.text()));
    page.on('pageerror', (e) => said.push(String(e)));
    context.on('request', (r) => asked.push(r.url()));
    await page.goto(`${secure ? this.origin : this.origin.replace('127.0.0.1', elsewhere)}/${hash}`);
    return { page, context, said, asked };
  }

  /** Of these addresses, those beyond the page's own origin. */
  beyond(asked: readonly string[]): readonly string[] {
    return beyondOrigin(this.origin, asked);
  }
}

/** Who ran it. */
export const engine = /^ {2}"node": .*$/m;

export const ready = (page: Page) => page.waitForFunction(() => document.querySelector('#about')?.textContent !== '');
export const isEnabled = (page: Page) => page.waitForSelector('#run:enabled');
export const openQuestion = (page: Page) =>
  page.evaluate(() => void (document.querySelector<HTMLDetailsElement>('#question')!.open = true));

type Fields = Readonly<Record<string, string | boolean>>;

async function fill(page: Page, fields: Fields): Promise<void> {
  await openQuestion(page);
  for (const [name, value] of Object.entries(fields))
    if (typeof value === 'boolean') await page.setChecked(`#${name}`, value);
    else if (name === 'verb' || name === 'over') await page.check(`input[name="${name}"][value="${value}"]`);
    else if (typed.includes(name)) await page.fill(`#${name}`, value);
    else await page.selectOption(`#${name}`, value);
  await page.waitForTimeout(300);
}

export async function askFor(page: Page, fields: Fields): Promise<void> {
  await fill(page, fields);
  await isEnabled(page);
}

/** What is wrong with a question, a line each. */
export async function faultsAfter(page: Page, fields: Fields): Promise<readonly string[]> {
  await fill(page, fields);
  await page.waitForSelector('#run:disabled');
  return page.locator('#faults li').allTextContents();
}

/** Asks, and waits for the run to stand in the list, in which there are `before`. */
export async function solve(page: Page, before: number, timeout = 50_000): Promise<void> {
  await page.click('#run');
  await page.waitForFunction((n) => document.querySelectorAll('#list tr').length > n, before, { timeout });
}

/**
 * Rows of the tables that the hardware panel shows, cell by cell, headings first; of their text by the command line the same. Lines that
 * are no rows stand among the latter too.
 */
export const rowsFound = (page: Page) =>
  page
    .locator('#hardware-found tr')
    .evaluateAll((rows) =>
      rows.map((row) => [...row.children].map((cell) => cell.textContent).filter((c) => c !== '')),
    );
export const rowsPrinted = (out: string): readonly (readonly string[])[] =>
  out.split('\n').map((line) => line.trim().split(/ {2,}/));

/** A file that the page hands out. */
export async function handed(page: Page, file: string): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(`button[data-file="${file}"]`)]);
  return readFileSync(await download.path(), 'latin1');
}

/** Files as they are dropped, and what is made of them. */
export async function give(page: Page, files: Readonly<Record<string, string | Buffer>>): Promise<void> {
  await openQuestion(page);
  const before = await page.locator('#own-files li').count();
  const mimeType = 'application/octet-stream';
  const given = Object.entries(files).map(([name, text]) => ({ name, mimeType, buffer: Buffer.from(text) }));
  await page.setInputFiles('#file', given);
  await page.waitForFunction(
    (n) => document.querySelectorAll('#own-files li').length >= n || document.querySelector('#faults li') !== null,
    before + given.length,
  );
  await page.waitForTimeout(300);
}
