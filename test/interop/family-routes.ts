/**
 * Routes of every family in several shapes, which all daemons get that have the family. A route is announced with all its
 * words and withdrawn with its key alone: labels, gateways and attributes are no part of it.
 */
export interface FamilyRoute {
  readonly family: string;
  /** After `announce`. */
  readonly words: string;
  /** After `withdraw`. */
  readonly key: string;
}

const ESI = '00:11:22:33:44:55:66:77:88:99';
const HOP = 'next-hop 10.0.0.9';
const HOP6 = 'next-hop fd00::9';

function route(family: string, key: string, rest = ''): FamilyRoute {
  return { family, words: `${key} ${rest}`.trim(), key };
}

function evpn(key: string, rest = ''): FamilyRoute {
  return route('l2vpn evpn', `l2vpn evpn ${key}`, `${HOP} ${rest}`);
}

function vpn(family: 'ipv4 mpls-vpn' | 'ipv6 mpls-vpn', key: string, rest: string): FamilyRoute {
  return route(family, `${family} ${key}`, rest);
}

function labeled(family: 'ipv4 nlri-mpls' | 'ipv6 nlri-mpls', key: string, rest: string): FamilyRoute {
  return route(family, `${family} ${key}`, rest);
}

function flow(family: string, match: string, then: string, rd = ''): FamilyRoute {
  const head = `flow route { ${rd === '' ? '' : `rd ${rd}; `}match { ${match} }`;
  return { family, words: `${head} then { ${then} extended-community [ target:65001:1 ]; } }`, key: `${head} }` };
}

function mup(family: 'ipv4 mup' | 'ipv6 mup', key: string, rest: string): FamilyRoute {
  return route(family, `${family} ${key}`, rest);
}

const RT = 'extended-community [ target:65001:1 ]';
const RTS = 'extended-community [ target:65001:1 target:10.0.0.9:2 target:4200000000:3 ]';

export const familyRoutes = {
  'a-d per segment': evpn(
    `ethernet-ad rd 10.0.0.9:1 esi ${ESI} ethernet-tag 4294967295`,
    'extended-community [ target:65001:1 0x0601000000000000 ]',
  ),
  'a-d per instance': evpn(
    `ethernet-ad rd 65001:1 esi ${ESI} ethernet-tag 7`,
    'label 100 extended-community [ target:65001:1 ]',
  ),
  'mac-ip': evpn(
    'mac-ip rd 65001:1 mac 00:11:22:33:44:55 ip 192.0.2.10',
    'vni 10000 extended-community [ target:65001:1 encap:VXLAN ]',
  ),
  'mac-ip with IPv6': evpn(
    'mac-ip rd 65001:1 mac 00:11:22:33:44:55 ip 2001:db8::10',
    'vni 10000 extended-community [ target:65001:1 encap:VXLAN ]',
  ),
  'mac alone with segment and mobility': evpn(
    'mac-ip rd 65001:1 ethernet-tag 9 mac 00:11:22:33:44:66',
    `label 200 esi ${ESI} extended-community [ target:65001:1 mac-mobility:7 ]`,
  ),
  'mac with two labels': evpn(
    'mac-ip rd 65001:1 mac 00:11:22:33:44:77 ip 192.0.2.77',
    'label [ 300 301 ] extended-community [ target:65001:1 target:65001:2 ]',
  ),
  'inclusive multicast': evpn(
    'multicast rd 65001:1 ethernet-tag 5 ip 10.0.0.9',
    'pmsi ingressreplication:0:100:10.0.0.9 extended-community [ target:65001:1 ]',
  ),
  'ethernet segment': evpn(
    `ethernet-segment rd 10.0.0.9:0 esi ${ESI} ip 10.0.0.9`,
    'extended-community [ target:65001:1 ]',
  ),
  'ip-prefix': evpn(
    'ip-prefix rd 65001:1 prefix 198.51.100.0/24',
    'vni 30000 extended-community [ target:65001:1 encap:VXLAN ]',
  ),
  'ip-prefix with gateway': evpn(
    'ip-prefix rd 65001:1 ethernet-tag 3 prefix 203.0.113.128/25',
    'gateway 192.0.2.9 label 400 extended-community [ target:65001:1 ]',
  ),
  'ip-prefix with IPv6': evpn(
    'ip-prefix rd 65001:1 prefix 2001:db8:5::/48',
    'vni 30000 extended-community [ target:65001:1 encap:VXLAN ]',
  ),

  'vpnv4, RD type 0': vpn('ipv4 mpls-vpn', '198.51.100.0/24 rd 65001:1', `${HOP} label 1000 ${RTS}`),
  'vpnv4, RD type 1': vpn(
    'ipv4 mpls-vpn',
    '198.51.100.0/25 rd 10.0.0.9:2',
    `${HOP} label 1001 extended-community [ target:65001:1 origin:65001:7 ]`,
  ),
  'vpnv4, RD type 2': vpn(
    'ipv4 mpls-vpn',
    '198.51.100.128/25 rd 4200000000:3',
    `${HOP} label 1002 med 5 extended-community [ target:65001:1 ]`,
  ),
  'vpnv4 default route': vpn(
    'ipv4 mpls-vpn',
    '0.0.0.0/0 rd 65001:1',
    `${HOP} label 1003 extended-community [ target:65001:1 ]`,
  ),
  'vpnv6, RD type 0': vpn('ipv6 mpls-vpn', '2001:db8:1::/48 rd 65001:1', `${HOP6} label 2000 ${RTS}`),
  'vpnv6, RD type 1': vpn(
    'ipv6 mpls-vpn',
    '2001:db8:2::/64 rd 10.0.0.9:2',
    `${HOP6} label 2001 extended-community [ target:65001:1 ]`,
  ),
  'vpnv6, RD type 2': vpn(
    'ipv6 mpls-vpn',
    '2001:db8:3::1/128 rd 4200000000:3',
    `${HOP6} label 2002 extended-community [ target:65001:1 ]`,
  ),
  'vpnv6, IPv4-mapped next hop': vpn(
    'ipv6 mpls-vpn',
    '2001:db8:4::/48 rd 65001:1',
    'next-hop ::ffff:10.0.0.9 label 2003 extended-community [ target:65001:1 ]',
  ),

  'labeled IPv4': labeled('ipv4 nlri-mpls', '198.51.100.0/24', `${HOP} label 800001 ${RT}`),
  'labeled IPv4 host': labeled('ipv4 nlri-mpls', '203.0.113.7/32', `${HOP} label 3 community 65001:5 ${RT}`),
  'labeled IPv6': labeled('ipv6 nlri-mpls', '2001:db8:1::/48', `${HOP6} label 17 ${RT}`),

  'flow: ports': flow('ipv4 flow', 'source 10.0.0.0/8; protocol tcp; port [ =80 >8080&<8088 ];', 'discard;'),
  'flow: destination ports': flow(
    'ipv4 flow',
    'destination 192.0.2.0/24; protocol [ udp =47 ]; destination-port [ =53 >=1024&<=65535 ];',
    'rate-limit 9600;',
  ),
  'flow: unequal': flow('ipv4 flow', 'destination 203.0.113.0/24; source-port [ !=123 ];', 'rate-limit 1000;'),
  'flow: flags and fragments': flow(
    'ipv4 flow',
    'destination 192.0.2.0/25; tcp-flags [ syn&!ack rst ]; fragment [ is-fragment ];',
    'redirect 65001:100;',
  ),
  'flow: lengths and DSCP': flow(
    'ipv4 flow',
    'destination 192.0.2.128/25; packet-length [ >200&<300 1500 ]; dscp [ 10 20 ];',
    'mark 12;',
  ),
  'flow: ICMP': flow(
    'ipv4 flow',
    'destination 198.51.100.1/32; protocol icmp; icmp-type echo-request; icmp-code 0;',
    'action sample-terminal;',
  ),
  'flow6: label': flow('ipv6 flow', 'source 2001:db8::/32; next-header udp; flow-label 77;', 'discard;'),
  'flow6: ports and ICMP': flow(
    'ipv6 flow',
    'destination 2001:db8:5::/48; next-header =58; icmp-type echo-request; traffic-class 20;',
    'rate-limit 9600;',
  ),
  'flow6: offset': flow('ipv6 flow', 'destination ::1234:5678:9a00:0/104/64;', 'discard;'),
  'flow-vpn': flow('ipv4 flow-vpn', 'destination 198.51.100.0/24; port =80;', 'mark 12;', '65001:1'),
  'flow6-vpn': flow('ipv6 flow-vpn', 'destination 2001:db8:5::/48; next-header tcp;', 'discard;', '10.0.0.9:2'),

  'sr-policy, labels': route(
    'ipv4 sr-policy',
    'ipv4 sr-policy distinguisher 1 color 100 endpoint 10.0.0.2',
    `${HOP} preference 200 binding-sid mpls 24000 segment-list weight 1 segment type-a mpls 16001 segment type-a mpls 16002 extended-community [ target:65001:1 target:10.0.0.101:0 ]`,
  ),
  'sr-policy, SRv6': route(
    'ipv6 sr-policy',
    'ipv6 sr-policy distinguisher 2 color 200 endpoint 2001:db8::1',
    `${HOP6} preference 300 segment-list weight 2 segment type-b srv6 fc00::1 extended-community [ target:65001:1 target:10.0.0.101:0 ]`,
  ),

  'mup interwork segment': mup(
    'ipv4 mup',
    'mup-isd 10.0.1.0/24 rd 100:100',
    'next-hop 2001:db8::1 extended-community target:65001:1 bgp-prefix-sid-srv6 ( l3-service 2001:db8:1:1:: 0x48 [ 64,24,16,0,0,0 ] )',
  ),
  'mup direct segment': mup(
    'ipv4 mup',
    'mup-dsd 10.0.0.1 rd 100:100',
    'next-hop 2001:db8::1 extended-community [ target:65001:1 mup:10:20 ] bgp-prefix-sid-srv6 ( l3-service 2001:db8:2:2:: 0x47 [ 64,24,16,0,0,0 ] )',
  ),
  'mup type 1 session': mup(
    'ipv4 mup',
    'mup-t1st 192.168.0.1/32 rd 100:100',
    `teid 12345 qfi 9 endpoint 10.0.0.1 ${HOP} extended-community target:65001:1`,
  ),
  'mup type 2 session': mup(
    'ipv4 mup',
    'mup-t2st 10.0.0.1 rd 100:100 teid 12345/32',
    `${HOP} extended-community [ target:65001:1 mup:10:20 ]`,
  ),
  'mup6 interwork segment': mup(
    'ipv6 mup',
    'mup-isd 2001:db8:9::/48 rd 100:100',
    'next-hop 2001:db8::1 extended-community target:65001:1 bgp-prefix-sid-srv6 ( l3-service 2001:db8:1:1:: 0x48 [ 64,24,16,0,0,0 ] )',
  ),
  'mup6 type 1 session': mup(
    'ipv6 mup',
    'mup-t1st 2001:db8:1::1/128 rd 100:100',
    `teid 12345 qfi 9 endpoint 2001:db8::7 ${HOP6} extended-community target:65001:1`,
  ),
  'mup6 type 2 session': mup(
    'ipv6 mup',
    'mup-t2st 2001:db8::7 rd 100:100 teid 12345/32',
    `${HOP6} extended-community [ target:65001:1 mup:10:20 ]`,
  ),

  'link state node': route(
    'bgp-ls bgp-ls',
    'bgp-ls bgp-ls raw 0x000100270200000000000000020100001a020000040000fde9020100040000000002030006000000000013',
    `${HOP} bgp-ls 0x04000001800402000272310403000349000104040004c0000201 ${RT}`,
  ),
  'link state link': route(
    'bgp-ls bgp-ls',
    'bgp-ls bgp-ls raw 0x0002004e0200000000000000020100001a020000040000fde902010004000000000203000600000000001301010013020000040000fde9020300070000000000140301030004c000020101040004c0000202',
    `${HOP} bgp-ls 0x04400004000000ff044100044cee6b280447000300000a ${RT}`,
  ),
  'link state prefix': route(
    'bgp-ls bgp-ls',
    'bgp-ls bgp-ls raw 0x000300340200000000000000020100001a020000040000fde902010004000000000203000600000000001301080001010109000418c63364',
    `${HOP} bgp-ls 0x0483000400000064 ${RT}`,
  ),

  vpls: route(
    'l2vpn vpls',
    'l2vpn vpls rd 65001:1 endpoint 3 base 262144 offset 1 size 8',
    `${HOP} extended-community [ target:65001:1 l2info:19:0:1500:111 ]`,
  ),
  'route target': route('ipv4 rtc', 'ipv4 rtc origin-as 65001 route-target target:65001:9', HOP),
  'all route targets': route('ipv4 rtc', 'ipv4 rtc default', HOP),
  'multicast source active': route(
    'ipv4 mcast-vpn',
    'ipv4 mcast-vpn source-ad source 192.0.2.2 group 233.252.0.1 rd 65001:1',
    `${HOP} extended-community [ target:65001:1 ]`,
  ),
  'multicast source join': route(
    'ipv4 mcast-vpn',
    'ipv4 mcast-vpn source-join source 192.0.2.2 group 233.252.0.1 rd 65001:1 source-as 65001',
    `${HOP} extended-community [ target:65001:1 target:10.0.0.9:5 ]`,
  ),
} as const satisfies Record<string, FamilyRoute>;

export type RouteName = keyof typeof familyRoutes;
