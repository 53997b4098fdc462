// The files of the page over HTTP: those that were there when it began, and nothing else.

import { readdirSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

/** Like the one in the page itself, for hosts without headers; workers obey what comes with their script. */
export const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  // Figures have styles of their own.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const headers = {
  'Content-Security-Policy': policy,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
} as const;

/** Paths below the folder as a browser asks for them, with the files that they are; undefined where there is no page. */
export function siteFiles(folder: string): ReadonlyMap<string, string> | undefined {
  const entries = entriesOf(folder);
  const files = entries.map(
    (file) =>
      [
        `/${file
          .slice(folder.length)
          .replace(/^[\\/]+/, '')
          .replaceAll('\\', '/')}`,
        file,
      ] as const,
  );
  const all = new Map(files);
  const index = all.get('/index.html');
  return index === undefined ? undefined : all.set('/', index);
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}

/** A path that is not among `files`, whatever it spells, is not there. */
export const siteServer = (files: ReadonlyMap<string, string>): Server =>
  createServer((request, response) => {
    const file = files.get((request.url ?? '/').replace(/[?#].*$/s, ''));
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const code = !isRead ? 405 : file === undefined ? 404 : 200;
    const body = code === 200 && file !== undefined ? contentOf(file) : undefined;
    if (body === undefined || file === undefined) {
      response.writeHead(code === 200 ? 404 : code, {
        ...headers,
        'Content-Type': 'text/plain; charset=utf-8',
        ...(!isRead && { Allow: 'GET, HEAD' }),
      });
      response.end(isRead ? 'There is no such file here.\n' : 'Files are only read here.\n');
      return;
    }
    response.writeHead(200, {
      ...headers,
      'Content-Type': types[extname(file)] ?? 'application/octet-stream',
      'Content-Length': body.length,
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  });

/** Undefined where it has gone since. */
function contentOf(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
