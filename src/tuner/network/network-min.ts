// The minimum of what a network costs on one machine, whatever is asked.

import { minProduct } from './min-product.js';
import { minSum } from './min-sum.js';
import type { NetworkAnswer, NetworkQuestion, Patience } from './network-question.js';

export function networkMin(question: NetworkQuestion, patience: Patience): Promise<NetworkAnswer> {
  const { objective } = question;
  const ask = (other: NetworkQuestion) => networkMin(other, patience);
  return objective === 'product'
    ? minProduct(question, patience, ask)
    : minSum({ ...question, objective }, patience, ask);
}
