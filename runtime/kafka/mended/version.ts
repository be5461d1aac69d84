/** Which kafkajs is mended here; any other may have moved the code that the mends replace. */
import { fatal, type Failure } from '../../failure.ts';

export const MENDED_VERSION = '2.2.4';

/** The failure to start with, or nothing when the installed version is the one that was mended. */
export const versionFailure = (installed: string): Failure | undefined =>
  installed === MENDED_VERSION
    ? undefined
    : fatal('KAFKA_VERSION', `loading kafkajs: version ${installed} is installed, the mends are for ${MENDED_VERSION}`);

/** The mends replace modules before they are first loaded; a copy loaded earlier would go on reading aborted records. */
export const loadedFailure = (loadedFiles: readonly string[]): Failure | undefined => {
  const early = loadedFiles.find(file => /[\\/]kafkajs[\\/]src[\\/]/.test(file));
  return early === undefined
    ? undefined
    : fatal(
        'KAFKA_VERSION',
        `loading kafkajs: it was loaded before it was mended; import runtime/kafka/mended.ts instead of kafkajs`,
      );
};
