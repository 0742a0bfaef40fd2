/** The README's configurations are good ones: whole files as they stand, `processes` in a file around them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { loadConfig } from '../src/config/load.js';

const readme = readFileSync('README.md', 'utf8');
const blocks = [...readme.matchAll(/^( *)```json5\n([\s\S]*?)^ *```$/gm)].map(([, , text]) => text!.trim());

test('there are configurations in the README', (t) => {
  t.true(blocks.length >= 2);
});

for (const [i, block] of blocks.entries()) {
  test(`README, configuration ${i + 1}`, (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'crier-readme-'));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, 'crier.json5');
    writeFileSync(path, block.startsWith('{') ? block : `{routerId: "192.0.2.254",\n${block}\nneighbors: []}`);
    t.true(loadConfig([path]).processes.length > 0);
  });
}
