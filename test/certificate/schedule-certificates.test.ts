// Laws: a certificate of a schedule proves what the search found, in whole numbers; whatever is changed in it, it is refused or
// claims no more than is true; bounds of runs that are too high are found by going through all mappings.

import { beforeAll, describe, expect, test } from 'vitest';
import { bits } from '../../src/base/units.js';
import type { Random } from '../../src/base/random.js';
import { seeded } from '../../src/base/random.js';
import { checkSchedule } from '../../src/certificate/schedule/check-schedule.js';
import { fullSchedule } from '../../src/certificate/schedule/full-schedule.js';
import type { ScheduleCertificate } from '../../src/certificate/schedule/schedule-certificate.js';
import { parseScheduleCertificate, printScheduleCertificate } from '../../src/certificate/schedule/schedule-file.js';
import { toNumber } from '../../src/base/rational.js';
import { unitOf } from '../../src/certificate/schedule/schedule-lines.js';
import { simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { besideImages } from '../../src/model/workload/resident.js';
import { certifySchedule } from '../../src/tuner/schedule/certify-schedule.js';
import { placeSchedule } from '../../src/tuner/schedule/place-schedule.js';
import { scheduleNetwork } from '../../src/tuner/schedule/schedule-network.js';
import type { ScheduleObjective } from '../../src/tuner/schedule/schedule-question.js';
import { columnsOn, everySchedule, frontOf, patience, questionOf } from '../support/schedule-question.js';
import { smallChain } from '../support/small-chains.js';

interface Made {
  readonly certificate: ScheduleCertificate;
  /** Of all schedules, each looked at. */
  readonly least: number;
  readonly banded: boolean;
}

async function made(seed: number, objective: ScheduleObjective): Promise<Made> {
  const random = seeded(seed);
  const { graph, chains } = smallChain(random);
  const template = {
    ...simba,
    residency: 1,
    rows: 1,
    columns: 2,
    globalBanks: 12,
    globalBuffer: bits(12 * random.pick([64, 128]) * 8),
  };
  const q = questionOf(template, graph, chains);
  let least = Infinity;
  for (const { route, residency } of everySchedule(q))
    for (const [e, t] of await frontOf(q, route, residency))
      least = Math.min(least, { energy: e, latency: t, edp: e * t }[objective]);
  const fresh = questionOf(template, graph, chains);
  const answer = await scheduleNetwork(
    fresh,
    objective,
    (residency, chosen, problem) => placeSchedule(problem, () => () => true, residency, chosen),
    patience,
  );
  if (answer.status !== 'found') throw new Error('no schedule');
  const asked = {
    network: 'small',
    objective,
    limits: {},
    padding: false,
    machine: template,
    technology: technology16nm,
  };
  const certificate = await certifySchedule(fresh, asked, answer, patience);
  if (!certificate) throw new Error('no certificate');
  return { certificate, least, banded: answer.schedule.route.some((s) => s.steps.length > 1) };
}

/** As a file that somebody else reads. */
const read = (text: string) => parseScheduleCertificate(JSON.parse(text));
const checked = (certificate: ScheduleCertificate) => {
  const found = read(printScheduleCertificate(certificate, 'test'));
  return found.ok ? checkSchedule(found.value) : undefined;
};

let all: readonly Made[];
beforeAll(async () => {
  const seeds = [5, 6, 7, 9];
  const objectives = ['edp', 'edp', 'energy', 'latency'] as const;
  all = await Promise.all(seeds.map((seed, i) => made(seed, objectives[i]!)));
}, 240_000);

describe('a certificate of a schedule', () => {
  test('proves what is found, and no more than the best of all residencies, bands and mappings', () => {
    expect(all.filter(({ banded }) => banded).length).toBeGreaterThan(0);
    for (const { certificate, least } of all) {
      const found = checked(certificate);
      expect(found?.faults).toEqual([]);
      expect(found!.gap).toBeLessThan(1e-9);
      expect(certificate.bound).toBeLessThanOrEqual(least * (1 + 1e-12));
      expect(found!.value! / least).toBeCloseTo(1, 9);
      expect(found!.trusted).toBeGreaterThan(0);
    }
  });

  test('is read back as it was written', () => {
    for (const { certificate } of all) {
      const text = printScheduleCertificate(certificate, 'test');
      const found = read(text);
      if (!found.ok) throw new Error(JSON.stringify(found.diagnostics));
      expect(printScheduleCertificate(found.value.certificate, 'test')).toBe(text);
    }
  });

  test('is refused where it claims more, whatever else is changed', () => {
    const random = seeded(41);
    const refused = new Map<string, number>();
    for (let n = 0; n < 200; n++) {
      const { certificate } = random.pick(all);
      const [what, changed] = tampered(certificate, random);
      const raised = { ...changed, bound: certificate.bound * (1 + 1e-6) };
      expect([what, checked(raised)?.holds ?? false]).toEqual([what, false]);
      refused.set(what, (refused.get(what) ?? 0) + 1);
    }
    expect(refused.size).toBe(kinds.length);
  });

  test('is refused where what it says of the question or its schedule was changed', () => {
    for (const { certificate } of all) {
      const { question, witness, states } = certificate;
      const holds = (changed: ScheduleCertificate) => checked(changed)?.holds ?? false;
      const data = JSON.parse(printScheduleCertificate(certificate, 'test')) as {
        question: { stretches: unknown[]; tensors: { banks: number }[] };
      };
      data.question.stretches.pop();
      const shorter = read(JSON.stringify(data));
      expect(shorter.ok && checkSchedule(shorter.value).holds).toBe(false);
      expect(holds({ ...certificate, states: states.slice(1) })).toBe(false);
      expect(holds({ ...certificate, witness: { ...witness!, mappings: witness!.mappings.slice(1) } })).toBe(false);
      expect(holds({ ...certificate, witness: { ...witness!, route: witness!.route.slice(1) } })).toBe(false);
      const high = witness!.stays.map((s) => ({ ...s, bank: question.machine.globalBanks }));
      if (high.length > 0) expect(holds({ ...certificate, witness: { ...witness!, stays: high } })).toBe(false);
    }
  });

  test('in full holds, and is refused where a bound of a run is too high', { timeout: 240_000 }, async () => {
    const random = seeded(43);
    let settled = 0;
    for (const { certificate } of all.slice(1)) {
      expect(fullSchedule(certificate).faults).toEqual([]);
      // Lines of one quantity alone may be from first principles: below what is true.
      const line = certificate.lines.findIndex((l) => l.energy > 0 && l.cycles > 0);
      if (line < 0) continue;
      const { minima, energy, cycles, ...units } = certificate.lines[line]!;
      const { question, variants } = certificate;
      const columns = columnsOn(question.machine);
      /** What every mapping of a run costs at least: bounds that nothing hung on are below that. */
      const least = async (v: number, taken: number) => {
        const { layer, resident } = variants[v]!;
        const own = columns(besideImages(question.layers[layer]!, resident, taken));
        const min = await own.min({ energy, cycles, both: 0 }, 600);
        return Math.floor(min! / toNumber(unitOf(units)));
      };
      const places = minima.flatMap((own, v) => own.flatMap(({ min }, i) => (min === null ? [] : [[v, i] as const])));
      for (let n = 0; n < 3; n++) {
        const [v, i] = random.pick(places);
        const { min, taken } = minima[v]![i]!;
        const most = await least(v, taken);
        expect([v, i, min! <= most]).toEqual([v, i, true]);
        if (min! > most * (1 - 1e-9)) settled++;
        const raised = minima.map((own, at) =>
          at === v ? own.map((m, k) => (k === i ? { ...m, min: Math.ceil(most * 1.001) } : m)) : own,
        );
        const changed = {
          ...certificate,
          lines: certificate.lines.with(line, { ...certificate.lines[line]!, minima: raised }),
        };
        expect([v, i, fullSchedule(changed).faults.length > 0]).toEqual([v, i, true]);
      }
    }
    expect(settled).toBeGreaterThan(0);
  });
});

const kinds = ['nothing', 'a potential', 'all potentials', 'a weight', 'a unit', 'a line', 'the first'] as const;

/** With something of its lines raised that nobody is to believe. */
function tampered(certificate: ScheduleCertificate, random: Random): readonly [string, ScheduleCertificate] {
  const { lines } = certificate;
  const at = random.below(lines.length);
  const line = lines[at]!;
  const with_ = (changed: typeof line) => ({ ...certificate, lines: lines.with(at, changed) });
  const more = (p: number | null) => (p === null ? null : p + Math.ceil(p * 10 ** -random.below(6)) + 1);
  const kind = random.pick(kinds);
  switch (kind) {
    case 'nothing':
      return [kind, certificate];
    case 'a potential': {
      const state = random.below(line.potentials.length);
      return [kind, with_({ ...line, potentials: line.potentials.map((p, i) => (i === state ? more(p) : p)) })];
    }
    case 'all potentials':
      return [kind, with_({ ...line, potentials: line.potentials.map(more) })];
    case 'the first':
      return [kind, with_({ ...line, potentials: line.potentials.map((p, i) => (i === 0 ? more(p) : p)) })];
    case 'a weight':
      return [
        kind,
        with_(random.below(2) ? { ...line, energy: line.energy * 0.9 } : { ...line, cycles: line.cycles * 0.9 }),
      ];
    case 'a unit':
      return [kind, with_({ ...line, unit: line.unit - 1 })];
    case 'a line':
      return [kind, { ...certificate, lines: lines.toSpliced(at, 1) }];
  }
}
