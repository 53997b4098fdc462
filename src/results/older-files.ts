// Results of the first schemas, in which `edp` of a network is the sum of its layers' EDPs: read as what they meant.
//
// What was `edp` is `layer-edp` now, and what was `edpOfTotals` (`edp-of-totals` as an objective) is `edp`. Limits and figures
// of single layers keep their name.

type Fields = Readonly<Record<string, unknown>>;

const isRecord = (x: unknown): x is Fields => typeof x === 'object' && x !== null && !Array.isArray(x);

const goal = (name: unknown): unknown => (name === 'edp' ? 'layer-edp' : name === 'edp-of-totals' ? 'edp' : name);

/** Limits by name: those on layers have the layer in it. */
const named = (limits: unknown): unknown =>
  isRecord(limits) ? Object.fromEntries(Object.entries(limits).map(([name, value]) => [goal(name), value])) : limits;

/** `edp<=5` as a user wrote it of a network. */
const written = (text: unknown): unknown =>
  typeof text === 'string' ? text.replace(/^\s*edp(?=\s*[<=])/, 'layer-edp') : text;

const each = (list: unknown, change: (item: Fields) => Fields): unknown =>
  Array.isArray(list) ? list.map((item: unknown) => (isRecord(item) ? change(item) : item)) : list;

/** Fields under other names; what is not there stays away. */
const renamed = (fields: Fields, names: Readonly<Record<string, string>>): Fields =>
  Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [Object.hasOwn(names, key) ? (names[key] ?? key) : key, value]),
  );

const changed = (fields: Fields, changes: Readonly<Record<string, (value: unknown) => unknown>>): Fields =>
  Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, Object.hasOwn(changes, key) ? changes[key]?.(value) : value]),
  );

function mapFile(file: Fields): Fields {
  const network = isRecord(file['network']) ? changed(file['network'], { objective: goal }) : undefined;
  return {
    ...changed(renamed(file, { edpOfTotals: 'edp' }), { goal, limits: named }),
    // What was asked of the network as a whole stood beside what its layers came to.
    ...(network && { network, goal: network['objective'], objective: network['value'], bound: network['bound'] }),
  };
}

const totals = (of: unknown): unknown => (isRecord(of) ? renamed(of, { edpOfTotals: 'edp' }) : of);
const proof = (of: unknown): unknown => (isRecord(of) ? changed(of, { goal, limits: named }) : of);

const network = (of: Fields): Fields => {
  const { energy, cycles } = of;
  const known = typeof energy === 'number' && typeof cycles === 'number';
  return { ...renamed(of, { edp: 'layerEdp' }), edp: known ? energy * cycles : null };
};

const requirement = (of: Fields): Fields =>
  of['kind'] === 'network' ? changed(of, { name: goal, text: written }) : of;

const witness = (of: unknown): unknown => (isRecord(of) ? renamed(of, { edp: 'layerEdp', edpOfTotals: 'edp' }) : of);

/** The layers of a core have the quantity of a layer. */
const proveFile = (file: Fields): Fields =>
  changed(file, {
    requirements: (list) => each(list, requirement),
    core: (list) => each(list, requirement),
    also: (cores) =>
      Array.isArray(cores) ? cores.map((core: unknown) => (Array.isArray(core) ? core.map(written) : core)) : cores,
    witness,
  });

const readers: Readonly<Record<string, (file: Fields) => Fields>> = {
  'magnet-map': mapFile,
  'magnet-design': (file) => changed(file, { objective: goal, totals, machineProof: proof }),
  'magnet-codesign': (file) => changed(file, { goal, limits: named, networks: (list) => each(list, network) }),
  'magnet-codesign-front': (file) =>
    changed(file, { metrics: (list) => (Array.isArray(list) ? list.map(goal) : list), limits: named }),
  'magnet-prove': proveFile,
  'magnet-compare': (file) => changed(file, { objective: goal }),
};

const familyOf = (data: unknown): string | undefined => {
  const schema = isRecord(data) ? data['schema'] : undefined;
  const family = typeof schema === 'string' && schema.endsWith('/1') ? schema.slice(0, -2) : undefined;
  return family !== undefined && Object.hasOwn(readers, family) ? family : undefined;
};

/** The same as the schema that is read now says it; what is of none of the first schemas stays as it is. */
export function fromFirst(data: unknown): unknown {
  const family = familyOf(data);
  const read = family === undefined ? undefined : readers[family];
  return read && isRecord(data) ? { ...read(data), schema: `${family}/2` } : data;
}

/** Said of a file that was read so, where it says EDP at all. */
export function noteOnFirst(data: unknown): string | undefined {
  const family = familyOf(data);
  if (
    family === undefined ||
    JSON.stringify(fromFirst(data)) === JSON.stringify({ ...(data as Fields), schema: `${family}/2` })
  )
    return undefined;
  return `${family}/1 calls edp what is layer-edp now, the sum of the layers' EDPs; it is read so`;
}
