/**
 * Imports point downward only, packages are known to the one file that may know them, and an index.ts is a registry.
 * Reads the sources, so that it holds for type imports too.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import test from 'ava';

/** Lowest first. A file imports from its own layer or a lower one. */
const LAYERS = ['util', 'wire', 'rib', 'session', 'route-server', 'api', 'config', 'daemon', 'cli'];

/** Package or module -> the files that may import it. */
const ONLY_IMPORTED_BY: Readonly<Record<string, RegExp>> = {
  pino: /^src\/daemon\/logging\.ts$/,
  'pino-pretty': /^src\/daemon\/logging\.ts$/,
  koffi: /^src\/util\/native\.ts$/,
  yargs: /^src\/cli\//,
  json5: /^src\/config\//,
  zod: /^src\/(?:config|api|session)\//,
};

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

function sourcesOf(folder: string): Source[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => {
      const path = join(folder, name);
      const text = readFileSync(path, 'utf8');
      return { path, text, imports: importsOf(text) };
    });
}

/** Specifiers of static, type, dynamic and re-exporting imports; `require` calls and import types too. */
function importsOf(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const pattern = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\w*\([^)]*\)\(\s*|\brequire\(\s*)(['"])([^'"]+)\1/g;
  return Array.from(code.matchAll(pattern), (match) => match[2]!);
}

/** "src/rib/view.ts" imports "../wire/update.js": "src/wire/update.ts". */
function resolveImport(source: Source, specifier: string): string {
  return relative('.', join(dirname(source.path), specifier)).replace(/\.js$/, '.ts');
}

const packageOf = (specifier: string): string => specifier.replace(/^node:/, '').split('/')[0]!;

/** Everything wrong with one file's imports, in words. */
function faultsOf(source: Source): string[] {
  const faults: string[] = [];
  const layer = layerOf(source.path);
  for (const specifier of source.imports) {
    if (!specifier.startsWith('.')) {
      const allowed = ONLY_IMPORTED_BY[packageOf(specifier)];
      if (allowed !== undefined && !allowed.test(source.path)) faults.push(`${source.path} imports ${specifier}`);
      continue;
    }
    const target = resolveImport(source, specifier);
    const isHealthcheck = source.path === 'src/cli/command/healthcheck.ts' && target.startsWith('helpers/healthcheck/');
    if (isHealthcheck) continue;
    if (layer === undefined) {
      if (!target.startsWith('helpers/'))
        faults.push(`${source.path} imports ${target}: helpers import nothing of ours`);
      continue;
    }
    const below = layerOf(target);
    if (below === undefined) faults.push(`${source.path} imports ${target}, which is in no layer`);
    else if (LAYERS.indexOf(below) > LAYERS.indexOf(layer)) faults.push(`${source.path} imports ${target}: upward`);
  }
  return faults;
}

function layerOf(path: string): string | undefined {
  const match = /^src\/([^/]+)\//.exec(path);
  return match !== null && LAYERS.includes(match[1]!) ? match[1] : undefined;
}

const sources = sourcesOf('src');
const helpers = sourcesOf('helpers');

test('every source file is in a layer', (t) => {
  t.deepEqual(
    sources.filter(({ path }) => layerOf(path) === undefined).map(({ path }) => path),
    [],
  );
  t.true(sources.length > 20);
});

test('imports point downward', (t) => {
  t.deepEqual([...sources, ...helpers].flatMap(faultsOf), []);
});

test('an upward import is found', (t) => {
  const faults = (path: string, text: string): number => faultsOf({ path, text, imports: importsOf(text) }).length;
  t.is(faults('src/util/a.ts', `import { b } from '../wire/b.js';`), 1);
  t.is(faults('src/wire/a.ts', `import type { b } from '../util/b.js';`), 0);
  t.is(faults('src/wire/family/a.ts', `const b = await import('../../rib/b.js');`), 1);
  t.is(faults('src/wire/a.ts', `export * from '../session/b.js';`), 1);
  t.is(faults('src/session/a.ts', `let b: import('../api/b.js').B;`), 1);
  t.is(faults('src/rib/a.ts', `import koffi from 'koffi';`), 1);
  t.is(faults('src/cli/a.ts', `import { pino } from 'pino';`), 1);
  t.is(faults('helpers/healthcheck/a.ts', `import { b } from '../../src/util/b.js';`), 1);
  t.is(faults('src/cli/command/healthcheck.ts', `import('../../../helpers/healthcheck/main.js')`), 0);
});

test('the handle of a socket is looked into in one file', (t) => {
  const files = sources.filter(({ text }) => /\b_handle\b/.test(text)).map(({ path }) => path);
  t.true(files.length <= 1, files.join(', '));
});

test('an index.ts is a registry: it declares no class', (t) => {
  const wrong = sources
    .filter(({ path, text }) => path.endsWith('/index.ts') && /^(?:export )?(?:async )?class /m.test(text))
    .map(({ path }) => path);
  t.deepEqual(wrong, []);
});

test('no default exports, no helpers.ts or misc.ts', (t) => {
  const wrong = [...sources, ...helpers]
    .filter(({ path, text }) => /^export default\b/m.test(text) || /\/(?:helpers|misc|utils?)\.ts$/.test(path))
    .map(({ path }) => path);
  t.deepEqual(wrong, []);
});
