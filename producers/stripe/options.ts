/** What a Stripe account may say of itself in the company file. */
import type { Shop } from '../../runtime/model.ts';

export interface Options {
  /** Whether it takes real money; null: both kinds are taken, as a test installation may. */
  readonly livemode: boolean | null;
  /** The key of Stripe's metadata under which a shop writes its order, and which shop that is. */
  readonly orderHint: string;
  readonly orderShop: string | null;
}
const words = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** Only of a shop without problems. */
export const optionsOf = ({ options }: Shop): Options => ({
  livemode: typeof options['livemode'] === 'boolean' ? options['livemode'] : null,
  orderHint: words(options['orderHint']) ?? 'order_id',
  orderShop: words(options['orderShop']),
});

export const checkShop = ({ options }: Shop): readonly string[] => {
  const wrong = (key: string, expected: string): string[] =>
    options[key] === undefined ? [] : [`options.${key} is ${JSON.stringify(options[key])}, expected ${expected}`];
  return [
    ...(typeof options['livemode'] === 'boolean' ? [] : wrong('livemode', 'true or false')),
    ...(words(options['orderHint']) === null ? wrong('orderHint', 'a key of the metadata, as order_id') : []),
    ...(words(options['orderShop']) === null || /[:|]/.test(String(options['orderShop']))
      ? wrong('orderShop', 'the name of the shop that writes the metadata')
      : []),
    ...(options['orderHint'] !== undefined && options['orderShop'] === undefined
      ? ['options.orderHint names a key, but options.orderShop does not say whose orders it names']
      : []),
  ];
};

/** The order that the metadata names, as `<shop>:<id>`. */
export const hintedOrder = ({ orderHint, orderShop }: Options, metadata: ReadonlyMap<string, string>): string | null => {
  const id = metadata.get(orderHint)?.trim().toWellFormed() ?? '';
  return orderShop === null || id === '' || id.length > 100 ? null : `${orderShop}:${id}`;
};
