/**
 * Templates: a neighbor (or a template) takes what the templates in its `inherit` say. Objects are joined member by
 * member and lists are extended, the template's items first; a single value of the neighbor wins over a template's, and
 * a later template over an earlier one. Keys and passwords are single values: md5 is taken whole.
 */
import { suggestion } from '../session/schema.js';
import { type ConfigNode, problemAt } from './config-node.js';
import type { ConfigProblem } from './errors.js';

/** Members that are lists even when written as a single item. */
const LISTS: ReadonlySet<string> = new Set(['api', 'routes', 'routesFile']);
/** Lists in which a second mention of an item means nothing. */
const SETS: ReadonlySet<string> = new Set(['families', 'extendedNextHop']);
/** Members that are one value although they are written as a list or an object. */
const WHOLE: ReadonlySet<string> = new Set(['md5', 'peerAs', 'groupUpdates']);

/**
 * @param node a neighbor or template
 * @param templates the `templates` object, if there is one
 * @returns the node with all that it inherits and without `inherit`
 */
export function applyTemplates(
  node: ConfigNode,
  templates: ConfigNode | undefined,
  problems: ConfigProblem[],
): ConfigNode {
  return expand(node, templates, problems, []);
}

function expand(
  node: ConfigNode,
  templates: ConfigNode | undefined,
  problems: ConfigProblem[],
  chain: readonly string[],
): ConfigNode {
  const inherit = node.members?.get('inherit');
  if (node.members === undefined || inherit === undefined) return node;
  const own: ConfigNode = { ...node, members: new Map(node.members) };
  own.members!.delete('inherit');
  let base: ConfigNode | undefined;
  for (const reference of inherit.items ?? [inherit]) {
    const name = reference.scalar;
    if (typeof name !== 'string') {
      problems.push(problemAt(reference, 'expected the name of a template'));
      continue;
    }
    const template = templates?.members?.get(name);
    if (template === undefined) {
      const known = [...(templates?.members?.keys() ?? [])];
      problems.push(problemAt(reference, `there is no template "${name}"${suggestion(name, known)}`));
    } else if (chain.includes(name)) {
      const circle = [...chain.slice(chain.indexOf(name)), name].map((n) => `"${n}"`).join(' inherits ');
      problems.push(problemAt(reference, `the templates inherit in a circle: ${circle}`));
    } else {
      const expanded = expand(template, templates, problems, [...chain, name]);
      base = base === undefined ? expanded : join(base, expanded, '');
    }
  }
  return base === undefined ? own : join(base, own, '');
}

/** `over` laid over `under`. */
function join(under: ConfigNode, over: ConfigNode, name: string): ConfigNode {
  if (WHOLE.has(name)) return over;
  if (LISTS.has(name)) {
    const { source, at, keyAt, parent, key } = over;
    return { source, at, keyAt, parent, key, items: [...itemsOf(under), ...itemsOf(over)] };
  }
  if (under.items !== undefined && over.items !== undefined) {
    if (!SETS.has(name)) return { ...over, items: [...under.items, ...over.items] };
    const known = new Set(under.items.map((item) => item.scalar));
    return { ...over, items: [...under.items, ...over.items.filter((item) => !known.has(item.scalar))] };
  }
  if (under.members === undefined || over.members === undefined) return over;
  const members = new Map(under.members);
  for (const [key, member] of over.members) {
    const below = members.get(key);
    members.set(key, below === undefined ? member : join(below, member, key));
  }
  return { ...over, members };
}

function itemsOf(node: ConfigNode): ConfigNode[] {
  return node.items ?? [node];
}
