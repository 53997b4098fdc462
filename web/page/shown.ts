// The answer that is shown: the report's own section, the command that asks the same, and its files.

import type { Answer } from '../work/question.js';
import { desk } from './desk.js';
import { byId, make } from './dom.js';
import { download } from './download.js';
import { showFront } from './front-view.js';
import { resetHardware } from './hardware.js';
import { resetLayers } from './layers.js';
import { inFields, messageOf } from './words.js';

type Kept = Omit<Answer, 'section'>;

/** Undefined while the page shows the example that it came with. */
let shown: Kept | undefined;
/** Of the point of a front that is chosen. */
let chosen: string | undefined;

/** It was made beside the page, and is fetched when somebody wants its files. */
async function current(): Promise<Kept> {
  shown ??= (await (await fetch('./example.json')).json()) as Kept;
  return shown;
}

/** The text of the design that is shown. */
export async function currentDesign(): Promise<string> {
  const design = chosen ?? (await current()).design;
  if (design === undefined) throw new Error('there is no design');
  return design;
}

/** What the command line is asked for the answer that is shown. */
export const currentCommand = async (): Promise<string> => (await current()).command;

export function show(answer: Answer): void {
  shown = answer;
  chosen = undefined;
  about().hidden = false;
  resetDesign(answer.design !== undefined);
  byId('shown-says').firstChild?.replaceWith(answer.reason === '' ? 'Answered here: ' : 'Without an answer: ');
  byId('shown-title').textContent = answer.title;
  byId('command').textContent = answer.command;
  const reasons = answer.reason.split('\n').filter((line) => line !== '');
  byId('reasons').replaceChildren(...reasons.map((line) => make('li', {}, inFields(line))));
  byId('export-says').textContent = '';
  // The library has escaped every text in it, and the page's policy lets no script but its own run.
  byId('section').innerHTML = answer.section;
  offer(answer);
  showFront(answer, (design) => {
    chosen = design;
    offer({ ...answer, design });
    resetDesign(true);
  });
}

/** What looks into the design that is shown. */
function resetDesign(has: boolean): void {
  resetLayers(has);
  resetHardware(has);
}

/** Files that there are. */
function offer(answer: Answer): void {
  for (const button of buttons()) {
    const { file } = button.dataset;
    if (file === 'design' || file === 'verilog') button.hidden = answer.design === undefined;
    if (file === 'quantized') button.hidden = answer.quantized === undefined;
    if (file === 'machine' || file === 'certificate' || file === 'script') button.hidden = answer[file] === undefined;
  }
}

const about = () => byId('about-shown');

/** What was checked of a certificate, in the words of `magnet check`. */
export function showChecked({ holds, lines }: { readonly holds: boolean; readonly lines: readonly string[] }): void {
  about().hidden = true;
  byId('front-view').hidden = true;
  resetDesign(false);
  byId('section').replaceChildren(
    make(
      'section',
      {},
      make(
        'h2',
        {},
        'Certificate ',
        make('span', { class: `badge ${holds ? 'good' : 'bad'}` }, holds ? 'holds' : 'does not hold'),
      ),
      make('pre', { tabindex: '0' }, lines.join('\n')),
    ),
  );
}

const buttons = () => byId('exports').querySelectorAll('button');

/** A name that every file system takes. */
const plain = (title: string): string => title.replace(/[^\w.-]+/g, '-').slice(0, 80);

async function hand(file: string | undefined): Promise<void> {
  const answer = await current();
  const name = plain(answer.title);
  const { machine, result, certificate, script, quantized } = answer;
  const design = chosen ?? answer.design;
  if (file === 'result') download(`${name}.json`, result, 'application/json');
  else if (file === 'design' && design !== undefined) download(`${name}.design.json`, design, 'application/json');
  else if (file === 'quantized' && quantized !== undefined)
    download(quantized.name, quantized.bytes, 'application/octet-stream');
  else if (file === 'machine' && machine !== undefined)
    download(`${answer.question.machine}-edited.yaml`, machine, 'application/yaml');
  else if (file === 'certificate' && certificate !== undefined)
    download(`${name}.certificate.json`, certificate, 'application/json');
  else if (file === 'script' && script !== undefined) download(`${name}.smt2`, script, 'text/plain');
  else if (file === 'page') download(`${name}.html`, await desk.run('page', result), 'text/html');
  else if (file === 'verilog' && design !== undefined)
    download(`${name}.zip`, await desk.run('verilog', design), 'application/zip');
}

export function offerFiles(): void {
  for (const button of buttons())
    button.addEventListener('click', () => {
      const says = byId('export-says');
      button.disabled = true;
      says.textContent = 'making the file ...';
      hand(button.dataset['file'])
        .then(
          () => (says.textContent = ''),
          (error: unknown) => (says.textContent = `no file: ${messageOf(error)}`),
        )
        .finally(() => (button.disabled = false));
    });
}
