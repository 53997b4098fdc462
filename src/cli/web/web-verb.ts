// `magnet web`: the page that `npm run web` built, served until somebody ends it.

import type { Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { WebOptions } from '../../options/web-table.js';
import { complain, reasonOf } from '../files.js';
import { listen } from '../interruption.js';
import type { ExitCode, Io } from '../io.js';
import { exit } from '../io.js';
import { siteFiles, siteServer } from './site-server.js';

/** Beside the command as it is built; sources find what was built of them. */
const builtSite = (): string => {
  const inSource = import.meta.url.endsWith('.ts');
  return fileURLToPath(new URL(inSource ? '../../../dist/web/' : '../web/', import.meta.url));
};

export async function web(io: Io, { port, host }: WebOptions, folder: string = builtSite()): Promise<ExitCode> {
  const files = siteFiles(folder);
  if (!files)
    return complain(io, [
      {
        code: 'missing',
        path: [],
        message: `the page is not built: ${folder} has no index.html; run "npm run web" in a checkout of magnet`,
      },
    ]);
  const server = siteServer(files);
  const interruption = listen(io);
  try {
    const address = await begun(server, port, host);
    io.out(`${address}\n`);
    io.err('serving magnet as a page; Ctrl-C ends it\n');
    await interruption.happening;
    return exit.done;
  } catch (error) {
    return complain(io, [{ code: 'unavailable', path: [], message: whyNot(error, port, host) }]);
  } finally {
    interruption.release();
    server.closeAllConnections();
    server.close();
  }
}

/** Rejects where nothing can listen there. */
const begun = (server: Server, port: number, host: string): Promise<string> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const at = server.address();
      const own = typeof at === 'object' && at !== null ? at.port : port;
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${own}/`);
    });
  });

function whyNot(error: unknown, port: number, host: string): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return `--port ${port}: another program listens there; choose another port, or 0 for a free one`;
  if (code === 'EACCES')
    return `--port ${port}: only an administrator may listen there; choose a port from 1024 on, or 0 for a free one`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `--host ${host}: this computer has no such address; leave it out, or take 0.0.0.0 for all of its addresses`;
  return `cannot listen on ${host}, port ${port}: ${reasonOf(error)}`;
}
