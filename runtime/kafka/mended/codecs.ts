/** The compression codecs that Node has, by Kafka's numbers. Snappy and lz4 would need native packages; nothing here writes them. */
import { constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { fatal } from '../../failure.ts';

export const NONE = 0;
export const GZIP = 1;
export const ZSTD = 4;

const NAMES = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
// A bound on what a few crafted bytes may become: more than any batch that a broker accepts.
const MAX_OUTPUT = 256 * 1024 * 1024;

export const compress = (codec: number, bytes: Uint8Array): Buffer => {
  if (codec === GZIP) return gzipSync(bytes, { level: constants.Z_BEST_SPEED });
  if (codec === ZSTD) return zstdCompressSync(bytes);
  throw unsupported('writing', codec);
};

export const decompress = (codec: number, bytes: Uint8Array): Buffer => {
  if (codec === GZIP) return gunzipSync(bytes, { maxOutputLength: MAX_OUTPUT });
  if (codec === ZSTD) return zstdDecompressSync(bytes, { maxOutputLength: MAX_OUTPUT });
  throw unsupported('reading', codec);
};

const unsupported = (doing: string, codec: number): Error =>
  fatal(
    'RECORD_UNREADABLE',
    `${doing} a record batch compressed with ${NAMES[codec] ?? String(codec)}: Node has gzip and zstd only`,
  );
