// The parts of Yosys in place of the package's own list of them: fetched when it is first asked, told to the page as they come.

import { filesystem, modules as addresses } from '@yowasp/yosys/parts';
import size from '@yowasp/yosys/core?bytes';
import { told } from '../work/part-news.js';

export { filesystem };

/** The large one is told; what is glue beside it is there in no time. */
const compiled = async (name: string, address: URL): Promise<WebAssembly.Module> => {
  const response = await fetch(address);
  return WebAssembly.compileStreaming(name === 'yosys.core.wasm' ? told('Yosys', size, response) : response);
};

/** Compiled already: the package takes what is no address as it is. */
export const modules = Object.fromEntries(
  await Promise.all(
    Object.entries(addresses).map(async ([name, address]) => [name, await compiled(name, address)] as const),
  ),
);
