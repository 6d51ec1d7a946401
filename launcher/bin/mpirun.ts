#!/usr/bin/env node
import { handOver } from '../cli/handover.js';

const words = process.argv.slice(2);
if (!(await handOver('mpirun', words))) {
  const { mpirun } = await import('../cli/mpirun.js');
  process.exit(await mpirun(words));
}
