// Chromium, where it is installed: `npm run simulators` installs it.

import { existsSync } from 'node:fs';

const known = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Undefined where there is none, which is said: `what` is then not looked at. */
export function chromiumPath(what: string): string | undefined {
  const path = known.find((p) => existsSync(p));
  if (path === undefined)
    console.log(
      `note: Chromium is not installed here, so ${what} are not looked at in a browser (npm run simulators installs it)`,
    );
  return path;
}
