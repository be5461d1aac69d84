/** The page of failures: each code, what it means and what the operator does. */
import { failureCodes } from '../failure-codes.ts';
import { code, page, plain, table } from './markdown.ts';

export const failuresPage = (): string =>
  page('Failures', [
    'A failure is named by what the machine does next. `transient`: it tries again and keeps the order. `poison`: it sets the event aside with everything of the same key behind it, and goes on with other keys (`onhand parked list`). `fatal`: the process stops, or a sink pauses, and says what to fix. ' +
      'The same code stands in the log, in what a command says on stderr, in `onhand parked list`, in the metrics and in the answer to a webhook (`urn:onhand:failure:CODE`).',
    table(
      ['code', 'means', 'what to do'],
      failureCodes.map(one => [code(one.code), plain(one.means), plain(one.todo)]),
    ),
  ]);
