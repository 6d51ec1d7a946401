/** Runs every program of programs/ on every supported Node.js version: no crash, and its last line is `passed`. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { loadNative } from '../../src/native.js';
import { majors, node, runProgram } from '../support/nodes.js';

const programs: Record<string, readonly string[]> = {
  fuzz: [],
  holds: ['--expose-gc'],
  endings: [],
  midcopy: [],
  helping: [],
};

const timeoutMs = process.env.MPI4TS_TEST_ALL === '1' ? 1_200_000 : 240_000;

for (const [name, flags] of Object.entries(programs)) {
  for (const major of majors) {
    test.serial(`${name} on Node ${major}`, async (t) => {
      t.timeout(timeoutMs + 300_000);
      const file = fileURLToPath(new URL(`programs/${name}.js`, import.meta.url));
      t.true(existsSync(file));
      const status = loadNative();
      const binary = await node(major);
      if (status.native === null || typeof binary === 'string') {
        t.log(`skipped: ${status.native === null ? status.reason : binary}`);
        t.pass();
        return;
      }
      const outcome = await runProgram(binary.path, [...flags, file], { timeoutMs });
      t.deepEqual(
        { ...outcome, stderr: '' },
        { code: 0, signal: null, stdout: 'passed\n', stderr: '' },
        outcome.stderr,
      );
    });
  }
}
