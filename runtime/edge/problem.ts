/** What a caller hears when a request is not taken: problem+json (RFC 9457) with a failure's code, and nothing of what was sent. */
import { isFailure, type Failure } from '../failure.ts';
import { failureCodes, type FailureCode } from '../failure-codes.ts';

export interface Problem {
  readonly status: number;
  readonly code: FailureCode | 'NOT_FOUND' | 'BUSY' | 'REQUEST_TIMEOUT' | 'REQUEST_REFUSED' | 'MEDIA_TYPE';
  readonly title: string;
  /** Seconds, for 429 and 503. */
  readonly retryAfter?: number;
}

const titleOf = (code: FailureCode): string => failureCodes.find(one => one.code === code)?.means ?? code;
/** One answer for all that is not authentic: why, only the log says. */
export const unauthorized: Problem = { status: 401, code: 'SIGNATURE_MISMATCH', title: titleOf('SIGNATURE_MISMATCH') };
export const unknownPath: Problem = { status: 404, code: 'NOT_FOUND', title: 'There is nothing here.' };
export const tooLarge: Problem = { status: 413, code: 'BODY_TOO_LARGE', title: titleOf('BODY_TOO_LARGE') };
export const mediaType: Problem = {
  status: 415,
  code: 'MEDIA_TYPE',
  title: 'Only JSON and forms are read, and nothing compressed.',
};
export const timeout: Problem = { status: 408, code: 'REQUEST_TIMEOUT', title: 'The request did not arrive in time.' };
export const headersTooLarge: Problem = { status: 431, code: 'REQUEST_REFUSED', title: 'The headers are too large.' };
export const refused: Problem = { status: 400, code: 'REQUEST_REFUSED', title: 'The request is not HTTP as it is written down.' };
export const busy: Problem = {
  status: 429,
  code: 'BUSY',
  title: 'Too many deliveries of this shop are under way.',
  retryAfter: 5,
};
export const unavailable = (retryAfter = 5): Problem => ({
  status: 503,
  code: 'UNKNOWN_ERROR',
  title: 'The delivery could not be stored durably; please deliver it again.',
  retryAfter,
});

const seconds = ({ retryAfterMs }: Failure): number => Math.min(3600, Math.max(1, Math.ceil((retryAfterMs ?? 5000) / 1000)));
/** What a failure of a source or of the intake is to the caller. What is not known is ours to mend, so the channel shall come again. */
export const problemOf = (error: unknown): Problem => {
  if (!isFailure(error)) return unavailable();
  switch (error.code) {
    case 'SIGNATURE_MISMATCH':
    case 'SIGNATURE_STALE':
      return unauthorized;
    case 'BODY_TOO_LARGE':
      return tooLarge;
    default:
      return error.kind === 'poison'
        ? { status: 400, code: error.code, title: titleOf(error.code) }
        : { ...unavailable(seconds(error)), code: error.code };
  }
};

/** The answer as it goes on the wire. `type` names the code in the generated page of failures. */
export const problemBody = ({ status, code, title }: Problem): string =>
  JSON.stringify({ type: `urn:onhand:failure:${code}`, title, status, code });
