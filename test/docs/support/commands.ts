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
/** The words of a command without its arguments and options: `parked list --unit odoo` is `parked list`. */
const named = (words: readonly string[]): readonly string[] => {
  const end = words.findIndex(word => !/^[a-z]+$/.test(word));
  return end === -1 ? words : words.slice(0, end);
};
/** Whether there is such a command; what follows it may be arguments. */
export const isCommand = async (words: readonly string[]): Promise<boolean> => {
  const { code, out } = await say([...words.filter(word => word !== '--json'), '--help']);
  const usage = /^Usage: onhand ([^\n]*)/.exec(out)?.[1] ?? '';
  return (
    code === 0 &&
    usage.startsWith(
      named(words.filter(word => word !== '--json'))
        .slice(0, 2)
        .join(' '),
    )
  );
};
