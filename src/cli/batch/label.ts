// What a job of a batch is called: its network and machine, and whatever tells it from other jobs.

import type { JobSpec } from '../../interchange/job-file.js';

/** What the names of network and machine say already. */
const plain = ['network', 'arch', 'space'];
/** Flags that go without saying. */
const usual: Readonly<Record<string, boolean>> = { padding: true, keepAll: false, certify: false };

/** `resnet50 on simba, edp, latency=2ms`. Values that say nothing alone have their field's name with them. */
export function labelOf({ values, telling }: JobSpec, network: string, machine: string): string {
  const said = Object.entries(values).flatMap(([name, value]) => {
    if (plain.includes(name) || !telling.includes(name)) return [];
    if (typeof value === 'boolean') return value === usual[name] ? [] : [value ? name : `no ${name}`];
    if (Array.isArray(value)) return name === 'limit' ? (value as readonly string[]) : [`${name} ${value.join(' ')}`];
    if (typeof value === 'object' && value !== null)
      return Object.entries(value).map(([of, n]) => `${name} ${of}=${String(n)}`);
    return [name === 'objective' ? String(value) : `${name} ${String(value)}`];
  });
  return [`${network} on ${machine}`, ...said].join(', ');
}
