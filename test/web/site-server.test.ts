// `magnet web`: the page's files and nothing else, with the headers that they need.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, Server } from 'node:http';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Io } from '../../src/cli/io.js';
import { siteFiles, siteServer } from '../../src/cli/web/site-server.js';
import { web } from '../../src/cli/web/web-verb.js';

const folder = mkdtempSync(join(tmpdir(), 'magnet-site-'));
const site = join(folder, 'site');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A path as it is sent, which no client has tidied up. */
const ask = (port: number, path: string, method = 'GET') =>
  new Promise<{ readonly code: number; readonly headers: IncomingMessage['headers']; readonly body: string }>(
    (resolve, reject) => {
      request({ host: '127.0.0.1', port, path, method }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () => resolve({ code: response.statusCode!, headers: response.headers, body }));
      })
        .on('error', reject)
        .end();
    },
  );

const portOf = (server: Server) => (server.address() as AddressInfo).port;
const listening = (server: Server) =>
  new Promise<number>((resolve) => server.listen(0, '127.0.0.1', () => resolve(portOf(server))));

beforeAll(() => {
  mkdirSync(join(site, 'assets'), { recursive: true });
  writeFileSync(join(site, 'index.html'), '<p>the page</p>');
  writeFileSync(join(site, 'assets', 'a.js'), 'export {}');
  writeFileSync(join(site, 'assets', 'a.wasm'), new Uint8Array([0, 97, 115, 109]));
  writeFileSync(join(folder, 'secret.txt'), 'secret');
});

describe('the server', () => {
  let server: Server;
  let port = 0;
  beforeAll(async () => {
    server = siteServer(siteFiles(site)!);
    port = await listening(server);
  });
  afterAll(() => void server.close());

  test('gives the files of the page, each as what it is', async () => {
    expect(await ask(port, '/')).toMatchObject({ code: 200, body: '<p>the page</p>' });
    expect((await ask(port, '/index.html?x=1')).body).toBe('<p>the page</p>');
    expect((await ask(port, '/assets/a.js')).headers['content-type']).toMatch(/^text\/javascript/);
    expect((await ask(port, '/assets/a.wasm')).headers['content-type']).toBe('application/wasm');
    expect(await ask(port, '/', 'HEAD')).toMatchObject({ code: 200, body: '' });
  });

  test('isolates the page, and lets no script run but its own', async () => {
    const { headers } = await ask(port, '/assets/a.js');
    expect(headers['cross-origin-opener-policy']).toBe('same-origin');
    expect(headers['cross-origin-embedder-policy']).toBe('require-corp');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(/script-src ([^;]*)/.exec(policy)?.[1]).toBe("'self' 'wasm-unsafe-eval'");
  });

  test.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/..\\..\\secret.txt',
    '//etc/passwd',
    '/assets',
    '/assets/',
    '/missing.js',
  ])('has nothing at %s', async (path) => {
    const { code, body } = await ask(port, path);
    expect(code).toBe(404);
    expect(body).not.toContain('secret');
  });

  test('is only read from', async () => {
    expect((await ask(port, '/', 'POST')).code).toBe(405);
    expect((await ask(port, '/index.html', 'DELETE')).headers.allow).toBe('GET, HEAD');
  });
});

describe('the verb', () => {
  const world = () => {
    const [out, err]: [string[], string[]] = [[], []];
    let interrupt = () => {};
    const io = {
      out: (text: string) => out.push(text),
      err: (text: string) => err.push(text),
      onInterrupt(handler: () => void) {
        interrupt = handler;
        return () => {};
      },
    } as unknown as Io;
    return { io, out, err, interrupt: () => interrupt() };
  };

  test('says where the page is, serves it, and is done when it is ended', async () => {
    const { io, out, interrupt } = world();
    const ended = web(io, { port: 0, host: '127.0.0.1' }, site);
    await expect.poll(() => out.length).toBe(1);
    const [, port] = /^http:\/\/127\.0\.0\.1:(\d+)\/\n$/.exec(out[0]!)!;
    expect((await ask(Number(port), '/')).code).toBe(200);
    interrupt();
    expect(await ended).toBe(0);
    await expect(ask(Number(port), '/')).rejects.toThrow();
  });

  test('says that a port is taken, and the way out', async () => {
    const other = createServer();
    const port = await listening(other);
    const { io, err } = world();
    expect(await web(io, { port, host: '127.0.0.1' }, site)).toBe(3);
    expect(err).toEqual([
      `error: --port ${port}: another program listens there; choose another port, or 0 for a free one\n`,
    ]);
    other.close();
  });

  test('says that the page is not built, and how it is', async () => {
    const { io, err } = world();
    expect(await web(io, { port: 0, host: '127.0.0.1' }, join(folder, 'nothing'))).toBe(3);
    expect(err.join('')).toMatch(/the page is not built: .*nothing has no index\.html; run "npm run web"/);
  });

  test('says that the computer has no such address', async () => {
    const { io, err } = world();
    expect(await web(io, { port: 0, host: '192.0.2.1' }, site)).toBe(3);
    expect(err.join('')).toMatch(/--host 192\.0\.2\.1: this computer has no such address/);
  });
});
