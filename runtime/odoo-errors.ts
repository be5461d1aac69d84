/**
 * What Odoo's errors mean for the machine: classified by Odoo's own name of the error, since the HTTP status says nothing (`/jsonrpc`
 * answers 200 for all). One table for whoever talks to Odoo, whatever the transport.
 */
import { fatal, poison, transient, type Failure } from './failure.ts';

/** An error as Odoo tells it: `data` of a JSON-RPC error, the body of a JSON-2 one. */
export interface OdooError {
  readonly name: string;
  readonly message: string;
}

/**
 * The first sentence of what Odoo says. PostgreSQL's DETAIL and LINE quote whole rows, so they go; addresses of people too.
 * Bounded: tracebacks come in messages as well.
 */
export const wordsOf = (message: string): string => {
  const said = message
    .slice(0, 1000)
    .split(/\n?(?:DETAIL|LINE \d+|CONTEXT|HINT):/)[0]!
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[^\s"'<>()]+@[^\s"'<>()]+/g, '(an address)')
    .trim();
  return said.length > 300 ? `${said.slice(0, 299)}…` : said;
};

type Make = (doing: string, error: OdooError) => Failure;
const say = (doing: string, { name, message }: OdooError): string => `${doing}: ${name}: ${wordsOf(message)}`;
/** The cause keeps Odoo's name, see `odooErrorName`; never its debug text, which holds rows. */
const because = ({ name, message }: OdooError): { readonly cause: Error } => {
  const cause = new Error(wordsOf(message));
  cause.name = name;
  delete cause.stack;
  return { cause };
};

const unreachable: Make = (doing, error) => transient('ODOO_UNREACHABLE', say(doing, error), because(error));
const conflict: Make = (doing, error) => transient('ODOO_CONFLICT', say(doing, error), because(error));
const credentials: Make = (doing, error) => fatal('ODOO_CREDENTIALS', say(doing, error), because(error));
const rights: Make = (doing, error) => fatal('ODOO_RIGHTS', say(doing, error), because(error));
const version: Make = (doing, error) => fatal('ODOO_VERSION', say(doing, error), because(error));
const refused: Make = (doing, error) => poison('ODOO_REFUSED', say(doing, error), because(error));
const unknown: Make = (doing, error) => transient('UNKNOWN_ERROR', say(doing, error), because(error));

/** The first that fits. Names are whole ones (`odoo.exceptions.UserError`), texts are Odoo's English ones: calls ask for en_US. */
const table: readonly (readonly [name: RegExp, message: RegExp, make: Make])[] = [
  [/^psycopg2\.OperationalError$/, /database ".*" does not exist/, version],
  [/^psycopg2\.(?:OperationalError|InterfaceError)$|\.PoolError$/, /(?:)/, unreachable],
  [/^psycopg2\.errors\.(?:SerializationFailure|LockNotAvailable|DeadlockDetected)$/, /(?:)/, conflict],
  [/\.(?:AccessDenied|Unauthorized)$|SessionExpiredException$/, /(?:)/, credentials],
  [/^odoo\.exceptions\.AccessError$/, /^Private methods/, version],
  [/^odoo\.exceptions\.AccessError$|\.Forbidden$/, /(?:)/, rights],
  [/^builtins\.(?:AttributeError|TypeError|KeyError|NameError)$|\.NotFound$/, /(?:)/, version],
  [/^odoo\.exceptions\.UserError$/, /^Object .* doesn't exist/, version],
  [/^builtins\.ValueError$/, /^Invalid field/, version],
  [/^odoo\.exceptions\.(?:ValidationError|UserError|MissingError|RedirectWarning)$/, /(?:)/, refused],
  [/^builtins\.ValueError$|^psycopg2\.errors\.(?:InvalidTextRepresentation|NumericValueOutOfRange)$/, /(?:)/, refused],
];

/** `doing` says what was asked of what: `calling Odoo's sale.order.action_confirm`. */
export const failureOf = (doing: string, error: OdooError): Failure => {
  const row = table.find(([name, message]) => name.test(error.name) && message.test(error.message));
  return (row?.[2] ?? unknown)(doing, error);
};

/** A row's message in what `load()` answers: it has no name, and a conflict comes the same way, without Odoo's own retry. */
const loadTable: readonly (readonly [RegExp, Make])[] = [
  [/could not serialize|deadlock|could not obtain lock/i, conflict],
  [/^You are not allowed/, rights],
];
/** What `load()` refused: `ids: false` with messages, and everything rolled back. Undefined: it took all rows. */
export const loadFailure = (doing: string, answer: unknown): Failure | undefined => {
  const { ids, messages } = (answer ?? {}) as { readonly ids?: unknown; readonly messages?: unknown };
  if (Array.isArray(ids)) return undefined;
  const said = (Array.isArray(messages) ? (messages as readonly { readonly message?: unknown }[]) : [])
    .map(one => one.message)
    .filter(one => typeof one === 'string');
  const classed = said.flatMap(message =>
    loadTable.filter(([pattern]) => pattern.test(message)).map(([, make]) => make(doing, { name: 'load()', message })),
  );
  return classed[0] ?? refused(doing, { name: 'load()', message: said.join('; ') || 'it refused the rows without a message' });
};

/** Odoo's own name of the error behind a failure (`odoo.exceptions.UserError`), for whoever must tell a repeat from a refusal. */
export const odooErrorName = (failure: Error): string | undefined =>
  failure.cause instanceof Error ? failure.cause.name : undefined;
