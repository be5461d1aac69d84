/** The log in memory keeps the contract that the real broker keeps. */
import { realClock } from '../../../runtime/clock.ts';
import { memoryLog } from '../../../runtime/memory/log.ts';
import { logContract } from '../../contract/log.ts';
import { uniqueName } from '../../support/broker.ts';

logContract('the log in memory', () => {
  const log = memoryLog(realClock);
  return Promise.resolve({
    log,
    topic: async ({ partitions = 1, settings = {} } = {}) => {
      const name = uniqueName('contract');
      await log.admin.create([{ name, partitions, settings }]);
      return name;
    },
    close: log.close,
  });
});
