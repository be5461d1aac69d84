/** What Odoo says when it cannot: names and messages as a real Odoo 19 answers them. */

/**
 * user: raised for a person (UserError and its kin), taken up by load() as a row's message.
 * database: raised by PostgreSQL; a direct call wraps it, load() shows it bare.
 * program: any other Python exception.
 */
export type OdooErrorKind = 'user' | 'database' | 'program';

export class OdooError extends Error {
  readonly odooName: string;
  readonly kind: OdooErrorKind;
  /** The column that PostgreSQL named, if any. */
  readonly field: string | undefined;
  constructor(odooName: string, message: string, kind: OdooErrorKind, field?: string) {
    super(message);
    this.name = 'OdooError';
    this.odooName = odooName;
    this.kind = kind;
    this.field = field;
  }
}

const user = (name: string, message: string): OdooError => new OdooError(`odoo.exceptions.${name}`, message, 'user');
const program = (name: string, message: string): OdooError => new OdooError(name, message, 'program');

export const userError = (message: string): OdooError => user('UserError', message);
export const validationError = (message: string): OdooError => user('ValidationError', message);
export const accessError = (message: string): OdooError => user('AccessError', message);
export const accessDenied = (): OdooError => user('AccessDenied', 'Access Denied');
export const missingError = (model: string, id: number, uid: number): OdooError =>
  user('MissingError', `Record does not exist or has been deleted.\n(Record: ${model}(${String(id)},), User: ${String(uid)})`);

export const valueError = (message: string): OdooError => program('builtins.ValueError', message);
export const typeError = (message: string): OdooError => program('builtins.TypeError', message);
export const attributeError = (message: string): OdooError => program('builtins.AttributeError', message);
export const keyError = (message: string): OdooError => program('builtins.KeyError', message);
export const exception = (message: string): OdooError => program('builtins.Exception', message);

/** A constraint of the database. */
export const constraintError = (message: string, field?: string): OdooError =>
  new OdooError('odoo.exceptions.ValidationError', message, 'database', field);

export const serializationFailure = (): OdooError =>
  new OdooError('psycopg2.errors.SerializationFailure', 'could not serialize access due to concurrent update\n', 'database');

const unreachable = (what: string): string => `connection to server at "127.0.0.1", port 5432 failed: ${what}\n`;
export const unknownDatabase = (db: string): OdooError =>
  program('psycopg2.OperationalError', unreachable(`FATAL:  database "${db}" does not exist`));
export const databaseDown = (): OdooError =>
  program(
    'psycopg2.OperationalError',
    unreachable('Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?'),
  );

/**
 * The simulator does not know what Odoo would do here, and says so. Never retry it: either the caller uses something that no test
 * covers, or the simulator has to learn it.
 */
export const notCovered = (what: string): OdooError =>
  program('builtins.NotImplementedError', `The Odoo simulator does not cover ${what}.`);

export const isOdooError = (error: unknown): error is OdooError => error instanceof OdooError;

/** What a direct call is told; PostgreSQL's constraints are wrapped, its conflicts are not. */
export const callMessage = (error: OdooError): string =>
  error.kind === 'database' && error.odooName === 'odoo.exceptions.ValidationError'
    ? `The operation cannot be completed: ${error.message}`
    : error.message;
