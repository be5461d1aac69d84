/** Logs: structured, one line per outcome, on stdout. What could hold a secret is taken out by name, as a second fence. */
import pino from 'pino';
import type { Logger } from '../model.ts';
import { failureCodes } from '../failure-codes.ts';
import { logLevels } from '../process-settings.ts';

const todos: ReadonlyMap<unknown, string> = new Map(failureCodes.map(one => [one.code, one.todo]));
/** Whoever reads of a failure reads what to do. */
const withTodo = (fields: Record<string, unknown>): Record<string, unknown> => {
  const todo = todos.get(fields['code'] ?? fields['why']);
  return todo === undefined ? fields : { ...fields, todo };
};

export const pinoLogger = (level: string): Logger => {
  const names = ['password', 'secret', 'token', 'authorization', 'apiKey', 'masterKey', 'hashKey'];
  return pino({
    // A level that there is not refuses the start later, with every other problem; until then there must be a log.
    level: logLevels.some(known => known === level) ? level : 'info',
    base: null,
    formatters: { log: withTodo },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: names.flatMap(name => [name, `*.${name}`]), censor: '[taken out]' },
  });
};
