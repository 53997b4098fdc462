// Samples and labels from files, as they enter a network.

import type { Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed, refuse, refused } from '../../base/diagnostics.js';
import { nth } from '../../base/invariant.js';
import type { SampleFile } from '../../interchange/samples-file.js';
import { parseSamples } from '../../interchange/samples-file.js';
import type { AccuracyOptions } from '../../options/accuracy-table.js';
import type { Samples } from '../../quantize/samples.js';
import { someOf } from '../../quantize/samples.js';
import { located, readUnpacked } from '../files.js';
import type { Io } from '../io.js';

/** Numbers of pixels. */
const brightest = 255;

export function loadSamples(
  io: Io,
  { data, labels, calibrate, divide, first, samples }: AccuracyOptions,
): Parsed<{ readonly counted: Samples; readonly calibration: Samples }> {
  const by = divisorOf(divide);
  const own = read(io, data);
  const others = calibrate === data ? own : read(io, calibrate);
  const given = labels === undefined ? parsed(undefined) : read(io, labels);
  if (!by.ok || !own.ok || !others.ok || !given.ok)
    return refused(faultsOf(by, own, ...(calibrate === data ? [] : [others]), given));
  const classes = given.value ? given.value.values : own.value.labels;
  if (!classes) return refuse('missing', [], `${data} has no labels; give them as --labels FILE`);
  const count = nth(own.value.shape, 0);
  if (given.value && given.value.shape.length !== 1 && classes.length !== given.value.shape[0])
    return refuse(
      'wrong-shape',
      [],
      `${labels} has the sizes [${given.value.shape.join(', ')}]; expected one label for each sample`,
    );
  if (classes.length !== count)
    return refuse(
      'wrong-shape',
      [],
      `${labels ?? data} has ${classes.length} labels for ${count} samples; expected one each`,
    );
  const wrong = classes.find((x) => !Number.isInteger(x) || x < 0);
  if (wrong !== undefined)
    return refuse('out-of-range', [], `${labels ?? data} holds the label ${wrong}; expected whole numbers from 0 on`);
  const all = samplesOf(own.value, by.value, classes);
  const counted = someOf(all, first, samples ?? count);
  if (counted.count === 0)
    return refuse('empty', [], `${data} has ${count} samples, none from --first ${first} on; expected at least one`);
  if (calibrate === data) {
    // Samples that are counted set no scales.
    const before = someOf(all, 0, first);
    return before.count > 0
      ? parsed({ counted, calibration: before })
      : refuse(
          'conflict',
          [],
          `--calibrate and --data are both ${data}; of one file those before --first N set the scales`,
        );
  }
  return parsed({
    counted,
    calibration: samplesOf(others.value, by.value, new Float64Array(nth(others.value.shape, 0))),
  });
}

function divisorOf(typed: string | undefined): Parsed<number | undefined> {
  if (typed === undefined) return parsed(undefined);
  const by = Number(typed);
  return Number.isFinite(by) && by > 0
    ? parsed(by)
    : refuse('invalid-value', [], `--divide ${typed}: expected a number above 0, such as 255`);
}

function read(io: Io, path: string): Parsed<SampleFile> {
  const bytes = readUnpacked(io, path);
  if (!bytes.ok) return bytes;
  const file = located(path, parseSamples(bytes.value));
  if (!file.ok) return file;
  const wrong = file.value.values.find((x) => !Number.isFinite(x));
  return wrong === undefined ? file : refuse('out-of-range', [], `${path} holds ${wrong}; expected finite numbers`);
}

function samplesOf({ shape, values, bytes }: SampleFile, by: number | undefined, labels: ArrayLike<number>): Samples {
  const divisor = by ?? (bytes ? brightest : 1);
  return { shape: shape.slice(1), count: nth(shape, 0), values: values.map((v) => v / divisor), labels };
}
