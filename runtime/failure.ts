/**
 * What the world could not do, named by what the machine must do next. A "no" of the business is a fact, never a failure.
 * Every code is listed in `runtime/failure-codes.ts` with its meaning and what the operator does; docs are generated from there.
 */
import type { FailureCode } from './failure-codes.ts';

/** transient: try again, keep order. poison: set this aside, go on. fatal: stop this unit, say what to fix. */
export type FailureKind = 'transient' | 'poison' | 'fatal';
/** What is affected: everything that goes to the target, or only the key at hand. */
export type FailureScope = 'target' | 'key';

export interface FailureOptions {
  /** Default: `target` for transient and fatal, `key` for poison. */
  readonly scope?: FailureScope;
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

export class Failure extends Error {
  readonly kind: FailureKind;
  readonly code: FailureCode;
  readonly scope: FailureScope;
  readonly retryAfterMs: number | undefined;
  /** Use `transient`, `poison` or `fatal`. The message says what was being done, to what, what was found; no secret, no personal data. */
  constructor(kind: FailureKind, code: FailureCode, message: string, options: FailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Failure';
    this.kind = kind;
    this.code = code;
    this.scope = options.scope ?? (kind === 'poison' ? 'key' : 'target');
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Try again with backoff; order is kept meanwhile. */
export const transient = (code: FailureCode, message: string, options?: FailureOptions): Failure =>
  new Failure('transient', code, message, options);
/** Set this one aside with its reason; other keys go on. */
export const poison = (code: FailureCode, message: string, options?: FailureOptions): Failure =>
  new Failure('poison', code, message, options);
/** Stop this unit; the message says what to fix. */
export const fatal = (code: FailureCode, message: string, options?: FailureOptions): Failure =>
  new Failure('fatal', code, message, options);

export const isFailure = (error: unknown): error is Failure => error instanceof Failure;
