/** Logs: structured, one line per outcome, on stdout. What could hold a secret is taken out by name, as a second fence. */
import pino from 'pino';
import type { Logger } from '../model.ts';

export const pinoLogger = (level: string): Logger => {
  const names = ['password', 'secret', 'token', 'authorization', 'apiKey', 'masterKey', 'hashKey'];
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: names.flatMap(name => [name, `*.${name}`]), censor: '[taken out]' },
  });
};
