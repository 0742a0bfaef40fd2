import test from 'ava';
import { fromHex, toHex } from '../../src/util/bytes.js';
import { NotificationError } from '../../src/wire/errors.js';
import { decodeRouteRefresh, encodeRouteRefresh, refreshSubtypeName } from '../../src/wire/refresh.js';

const MARKER = 'ff'.repeat(16);

test('every subtype comes back', (t) => {
  for (let subtype = 0; subtype < 256; subtype++) {
    const refresh = { afi: 16388, safi: 71, subtype };
    t.deepEqual(decodeRouteRefresh(encodeRouteRefresh(refresh), true), refresh);
  }
});

test('octets as in RFC 2918', (t) => {
  t.is(toHex(encodeRouteRefresh({ afi: 2, safi: 1, subtype: 0 })), `${MARKER}00170500020001`);
});

test('names', (t) => {
  t.deepEqual([0, 1, 2, 3].map(refreshSubtypeName), ['query', 'begin', 'end', 'subtype-3']);
});

const refused = test.macro<[hex: string, isEnhanced: boolean, expected: string]>({
  exec(t, hex, isEnhanced, expected) {
    const error = t.throws(() => decodeRouteRefresh(fromHex(hex)!, isEnhanced), { instanceOf: NotificationError })!;
    t.is(`${error.code}/${error.subcode} ${toHex(error.data)}`, expected);
  },
  title: (_, hex, isEnhanced) => `${hex.slice(32)} ${isEnhanced ? 'with' : 'without'} enhanced refresh`,
});

test(refused, `${MARKER}001605000100`, true, `7/1 ${MARKER}001605000100`);
test(refused, `${MARKER}001605000100`, false, '1/2 0016');
test(refused, `${MARKER}00200500010001018000050000000001`, true, `7/1 ${MARKER}00200500010001018000050000000001`);
test(refused, `${MARKER}00200500010001018000050000000001`, false, '1/2 0020');
test(refused, `${MARKER}001305`, true, `7/1 ${MARKER}001305`);
