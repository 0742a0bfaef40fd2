/**
 * Watchdogs: named groups of configured routes that a helper switches on and off together. A watchdog's state outlives
 * what is configured: a route that a reload adds begins as the others of its watchdog are. Whoever writes a route by hand
 * takes it out of its watchdog. What a route is and where it comes from is left to others.
 */
import { toHex } from '../util/bytes.js';
import { CONFIGURATION_OWNER, type Member, type RibOut, type RouteKey, type SetId } from './types.js';

interface WatchedRoute {
  readonly watchdog: string;
  readonly member: Member;
  readonly key: RouteKey;
  readonly set: SetId;
}

export class WatchdogTable {
  private readonly groups = new Map<string, Set<WatchedRoute>>();
  private readonly byMember = new Map<Member, Map<string, WatchedRoute>>();
  /** As commands left it; a watchdog without a command is as its routes are configured. */
  private readonly states = new Map<string, boolean>();
  private total = 0;

  constructor(private readonly rib: RibOut) {}

  /** Routes that are in watchdogs. */
  get size(): number {
    return this.total;
  }

  /**
   * Puts a route under a watchdog and announces it when the watchdog is up.
   * @param set interned; a reference is taken
   * @param startsUp what holds as long as no command said otherwise
   */
  add(watchdog: string, startsUp: boolean, member: Member, key: RouteKey, set: SetId): void {
    this.remove(member, key);
    const route: WatchedRoute = { watchdog, member, key: key.slice(), set };
    this.rib.retainSet(set);
    const group = this.groups.get(watchdog) ?? new Set();
    this.groups.set(watchdog, group.add(route));
    const routes = this.byMember.get(member) ?? new Map<string, WatchedRoute>();
    this.byMember.set(member, routes.set(toHex(key), route));
    this.total++;
    if (this.states.get(watchdog) ?? startsUp) this.announce(route);
  }

  /**
   * Announces or withdraws what is under the watchdog.
   * @param members undefined: of all neighbors
   * @returns false when no route has this watchdog
   */
  set(watchdog: string, isUp: boolean, members: readonly Member[] | undefined): boolean {
    const group = this.groups.get(watchdog);
    if (group === undefined || group.size === 0) return false;
    // Its own name, not the caller's word: that may be cut from a line.
    const [first] = group;
    this.states.set(first!.watchdog, isUp);
    const asked = members === undefined ? undefined : new Set(members);
    for (const route of group) {
      if (asked !== undefined && !asked.has(route.member)) continue;
      if (isUp) this.announce(route);
      else this.rib.withdraw(this.rib.targetsOf([route.member]), route.key, route.key.length);
    }
    return true;
  }

  /** A plain announce or withdraw takes the route out of its watchdog. */
  release(members: readonly Member[], key: RouteKey, keyLength: number): void {
    if (this.total === 0) return;
    const own = key.subarray(0, keyLength);
    for (const member of members) this.remove(member, own);
  }

  /** The route is no longer configured, or the member is gone. @returns true when it was in a watchdog */
  remove(member: Member, key: RouteKey): boolean {
    const routes = this.byMember.get(member);
    const text = toHex(key);
    const route = routes?.get(text);
    if (routes === undefined || route === undefined) return false;
    routes.delete(text);
    if (routes.size === 0) this.byMember.delete(member);
    this.groups.get(route.watchdog)?.delete(route);
    this.rib.releaseSet(route.set);
    this.total--;
    return true;
  }

  removeMember(member: Member): void {
    for (const route of [...(this.byMember.get(member)?.values() ?? [])]) this.remove(member, route.key);
  }

  private announce({ member, key, set }: WatchedRoute): void {
    this.rib.announce(this.rib.targetsOf([member]), key, key.length, set, CONFIGURATION_OWNER);
  }
}
