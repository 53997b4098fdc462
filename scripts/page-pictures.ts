// Pictures of the page for docs/web.md, as wide as a phone, a tablet and a screen: npx tsx scripts/page-pictures.ts (needs Chromium).

import { writeFileSync } from 'node:fs';
import { decode, encode } from 'fast-png';
import { chromiumPath } from '../test/support/chromium.js';
import { ready, Site } from '../test/support/site.js';

const executablePath = chromiumPath('pictures of the page');
if (executablePath === undefined) throw new Error('there is no Chromium: npm run simulators installs it');
const site = await Site.open(executablePath);
const docs = new URL('../docs/', import.meta.url);

for (const width of [390, 768, 1440]) {
  const { page } = await site.page({ width });
  await ready(page);
  // Browsers pack quickly, not well.
  writeFileSync(new URL(`web-${width}.png`, docs), encode(decode(await page.screenshot()), { zlib: { level: 9 } }));
}
await site.close();
