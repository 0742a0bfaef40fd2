import test from 'ava';
import { parseConfiguredRoute } from '../../src/api/route-text.js';
import { toHex } from '../../src/util/bytes.js';
import { Tokens } from '../../src/util/tokens.js';
import { findTlv, tlvsOf } from '../../src/wire/attribute-set.js';
import { AttributeCode } from '../../src/wire/codes.js';

/** Extended communities of a configured flow rule with these actions. */
function communitiesOf(actions: string): string {
  const text = `flow route { match { destination 10.0.0.1/32; } then { ${actions} } }`;
  const { set } = parseConfiguredRoute(new Tokens(text));
  return toHex(findTlv(tlvsOf(set), AttributeCode.extendedCommunities)!);
}

test('communities of a flow rule are sorted, wherever they stand', (t) => {
  const sorted = '0003092906070809' + '8008ffdc00003039';
  t.is(communitiesOf('redirect 65500:12345; extended-community [ origin:2345:6.7.8.9 ];'), sorted);
  t.is(communitiesOf('extended-community [ origin:2345:6.7.8.9 ]; redirect 65500:12345;'), sorted);
  t.is(communitiesOf('extended-community [ redirect:65500:12345 origin:2345:6.7.8.9 ];'), sorted);
});
