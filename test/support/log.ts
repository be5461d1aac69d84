/** A log that nobody reads. */
import type { Logger } from '../../runtime/model.ts';

const nothing = (): void => undefined;
export const silentLog: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
