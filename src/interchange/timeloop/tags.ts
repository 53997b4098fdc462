// The YAML tags by which Timeloop v0.4 tells the nodes of an architecture apart; read into a field of their own.

import type { CollectionTag } from 'yaml';
import { Pair, Scalar, YAMLMap } from 'yaml';

/** The field that holds a node's tag, without the exclamation mark. No format uses it otherwise. */
export const tagField = '!';

const nodeTags = ['Component', 'Container', 'Hierarchical', 'Parallel', 'Pipelined', 'Element', 'Nothing'] as const;

export const timeloopTags: CollectionTag[] = nodeTags.map((name) => ({
  tag: `!${name}`,
  collection: 'map',
  resolve(node) {
    if (node instanceof YAMLMap) (node.items as Pair[]).unshift(new Pair(new Scalar(tagField), new Scalar(name)));
    return node;
  },
}));
