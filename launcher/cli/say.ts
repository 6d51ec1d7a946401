/** What the commands themselves print. Written at once: the ranks' output goes the same way, past Node's streams. */
import { betweenThreads, type OutputShare } from '../output/words.js';
import { launcherWrite } from '../output/write.js';

/** Prints to standard output. */
export function print(text: string): void {
  launcherWrite(betweenThreads(), 1, text);
}

/** Tells the user something on standard error, after the name of the command. */
export function tell(command: string, message: string, share: OutputShare = betweenThreads()): void {
  launcherWrite(share, 2, `${command}: ${message}\n`);
}
