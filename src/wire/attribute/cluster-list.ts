/** CLUSTER_LIST (RFC 4456 section 8). From an external peer it is discarded (RFC 7606 section 7.10). */
import { parseIpv4, printIpv4 } from '../../util/ip.js';
import { AttributeCode } from '../codes.js';
import { discardFault } from './fault.js';
import { listAttribute } from './list-attribute.js';
import { Flag } from './types.js';

export const clusterList = listAttribute({
  code: AttributeCode.clusterList,
  flags: Flag.optional,
  rfcName: 'CLUSTER_LIST',
  keyword: 'cluster-list',
  itemSize: 4,
  isOrdered: true,
  refuse: ({ isExternal }) =>
    isExternal ? discardFault(AttributeCode.clusterList, 'sent by an external peer') : undefined,
  parseItem(word, _tokens, fail) {
    const address = parseIpv4(word);
    if (address === undefined) throw fail(`cluster-list must hold IPv4 addresses, not "${word}"`);
    return address;
  },
  printItem: (value, at) => printIpv4(value, at),
  itemToJson: (value, at) => `"${printIpv4(value, at)}"`,
});
