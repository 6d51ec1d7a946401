/** Where a syntax error is: Node does not tell a launcher when the file is an ES module. */
import { spawnSync } from 'node:child_process';
import { surveyProgram } from '../program/survey.js';

/** Files that are checked one by one. */
const filesMax = 50;
const checkMsMax = 2000;

/** Node's own message about the first file of the program that does not parse, or undefined. */
export function findSyntaxError(program: string): string | undefined {
  for (const file of surveyProgram(program).files.slice(0, filesMax)) {
    const check = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8', timeout: checkMsMax });
    if (check.status === 1) return check.stderr.split(/\n\s+at |\n\nNode\.js v/)[0].trimEnd();
  }
  return undefined;
}
