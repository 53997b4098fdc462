// The least of what a network costs on one machine, whatever is asked.

import { leastProduct } from './least-product.js';
import { leastSum } from './least-sum.js';
import type { NetworkAnswer, NetworkQuestion, Patience } from './network-question.js';

export function networkLeast(question: NetworkQuestion, patience: Patience): Promise<NetworkAnswer> {
  const { objective } = question;
  const ask = (other: NetworkQuestion) => networkLeast(other, patience);
  return objective === 'product'
    ? leastProduct(question, patience, ask)
    : leastSum({ ...question, objective }, patience, ask);
}
