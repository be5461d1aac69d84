/** The console's program within the test's process, as `onhand WORDS` would run it. */
import { join } from 'node:path';
import { runProgram } from '../../../console/program.ts';
import { units } from '../../../runtime/units.ts';
import { silentLog } from '../../support/log.ts';

export const root = join(import.meta.dirname, '..', '..', '..');
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}
/** Settings that reach no broker: what needs one fails at once and says so. */
const nowhere = {
  KAFKA_BROKERS: '127.0.0.1:9',
  SCHEMA_REGISTRY_URL: 'http://127.0.0.1:9',
  ONHAND_COMPANY: join(root, 'examples', 'acme'),
};
export const say = async (
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = nowhere,
): Promise<Said> => {
  let [out, err] = ['', ''];
  const code = await runProgram({
    environment,
    arguments: words,
    write: text => (out += text),
    complain: text => (err += text),
    stopped: new Promise(() => undefined),
    given: { logger: silentLog, units, release: 'test' },
  });
  return { code, out, err };
};
/** Whether there is such a command; what follows it may be arguments and options. */
export const isCommand = async (line: readonly string[]): Promise<boolean> => {
  const words = line.filter(word => word !== '--json');
  const { code, out } = await say([...words, '--help']);
  const usage = /^Usage: onhand ([^\n]*)/.exec(out)?.[1]?.split(' ') ?? [];
  const path = usage.slice(
    0,
    usage.findIndex(word => /^[[<]/.test(word)),
  );
  const isGroup = usage.includes('[command]');
  const named = isGroup ? words.filter(word => !word.startsWith('-')) : words.slice(0, path.length);
  return code === 0 && path.length > 0 && named.join(' ') === path.join(' ');
};
